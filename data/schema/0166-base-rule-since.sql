-- SPDX-License-Identifier: Apache-2.0
-- Rules that came into force lately are looked for by that time, by every order that is decided by
-- those that were read a moment ago.
create index policy_since on policy (effective_from);

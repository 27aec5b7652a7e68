-- SPDX-License-Identifier: Apache-2.0
-- A city is shown with the number of its shows, and shows are looked for by their city.
create index show_city on show (city_id, id);

// SPDX-License-Identifier: Apache-2.0
// The fake of WeChat Pay for service providers: the same, with merchants under it.
process.env.FAKE_NAME = 'wechat_partner';
await import('./wechat.mjs');

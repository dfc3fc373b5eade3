// Codes of authenticator apps (RFC 6238), and signing in with one.
import { request, type APIRequestContext } from '@playwright/test';
import { createHmac } from 'node:crypto';

const STEP_SECONDS = 30;
const CODES = 4;

/** The code that an app with this secret (base 32) shows so many steps from now. */
export function codeOf(secret: string, steps = 0): string {
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000 / STEP_SECONDS) + steps));
  const digest = createHmac('sha1', base32(secret)).update(step).digest();
  const at = digest[digest.length - 1] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

function base32(text: string): Buffer {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text.replace(/[\s=]/g, '')].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}

/** Signs the admin in. A code works once: where the present one was used a moment ago, the next one is waited for. */
export async function signInAdmin(api: APIRequestContext, origin: string): Promise<void> {
  const headers = { origin };
  const data = { email: process.env.ADMIN_EMAIL, password: process.env.ADMIN_PASSWORD };
  const first = await api.post('/api/auth/signin', { data, headers });
  if (first.status() !== 202) throw new Error(`the admin's password was answered with ${first.status()}`);
  for (let tries = 0; tries < CODES; tries += 1) {
    const code = codeOf(process.env.ADMIN_TOTP_SECRET!);
    const second = await api.post('/api/auth/signin/code', { data: { code }, headers });
    if (second.ok()) return;
    if (second.status() !== 422) throw new Error(`the admin's code was answered with ${second.status()}`);
    await new Promise((resolve) => setTimeout(resolve, STEP_SECONDS * 1000));
  }
  throw new Error('no code of the admin was accepted');
}

/** Signs the admin in once for all tests: each sign-in uses up a code, and there is one in half a minute. */
export default async function setUp(): Promise<void> {
  const origin = process.env.BASE_URL;
  if (!origin) return;
  const api = await request.newContext({ baseURL: origin });
  await signInAdmin(api, origin);
  const { cookies } = await api.storageState();
  // Without the refresh token: several browsers that share one would look like thieves.
  process.env.ADMIN_SINCE = String(Date.now());
  process.env.ADMIN_COOKIES = JSON.stringify(cookies.filter((cookie) => cookie.name.endsWith('access')));
  await api.dispose();
}

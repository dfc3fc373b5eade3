// People of a test: each has a browser of their own and was made through the public API.
import { expect, type APIRequestContext, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { randomUUID } from 'node:crypto';
import { signInAdmin } from './codes';

export type Show = { id: string; title: string; version: number; listings: Listing[] };
export type Listing = { id: string; name: string; version: number; price: { amount: number; currency: string } };
export type Order = { id: string; status: string; expires_at: string };
export type ShowOptions = {
  title?: string; holdSeconds?: number; quantity?: number; price?: number; seats?: string[];
  maxPerOrder?: number; city?: string; publish?: boolean;
};

const PASSWORD = 'correct horse battery staple 9';
const DAY_MS = 86_400_000;
/** A token lives for 15 minutes; a test has what is left. */
const ADMIN_SESSION_MS = 600_000;

export class Person {
  constructor(
    readonly name: string, readonly email: string, readonly password: string,
    readonly context: BrowserContext, readonly page: Page, private readonly origin: string,
  ) {}

  /** The API as this person's browser calls it. */
  get api(): APIRequestContext {
    return this.context.request;
  }

  async post<T>(path: string, data: unknown, status = 201): Promise<T> {
    const headers = { origin: this.origin, 'idempotency-key': randomUUID() };
    return answer(await patiently(() => this.api.post(path, { data, headers })), path, status);
  }

  async patch<T>(path: string, version: number, data: unknown): Promise<T> {
    const headers = { origin: this.origin, 'if-match': `"${version}"` };
    return answer(await this.api.patch(path, { data, headers }), path, 200);
  }

  async get<T>(path: string): Promise<T> {
    return answer(await patiently(() => this.api.get(path)), path, 200);
  }

  /** A show with one listing, on sale. */
  async show(options: ShowOptions = {}): Promise<Show> {
    const title = options.title ?? `Show ${randomUUID().slice(0, 8)}`;
    const draft = await this.post<Show>('/api/shows', {
      title, description: 'A sample for a journey.', category: 'music',
      starts_at: new Date(Date.now() + 7 * DAY_MS).toISOString(),
      venue: {
        name: 'Harbour Rooms', address: '12 Quay Street', city: options.city ?? 'Bristol', country: 'GB',
        timezone: 'Europe/London',
      },
      hold_seconds: options.holdSeconds ?? 900,
    });
    await this.post(`/api/shows/${draft.id}/listings`, {
      name: 'Stalls', price: { amount: options.price ?? 2000, currency: 'GBP' },
      ...(options.seats ? { seats: options.seats } : { quantity: options.quantity ?? 20 }),
      max_per_order: options.maxPerOrder ?? 8,
    });
    if (options.publish ?? true) await this.post(`/api/shows/${draft.id}/publish`, {}, 200);
    return this.get(`/api/shows/${draft.id}`);
  }

  /** Holds tickets of a show's first listing. */
  async hold(show: Show, quantity = 2): Promise<Order> {
    return this.post('/api/orders', { items: [{ listing_id: show.listings[0].id, quantity }] });
  }

  /** Buys tickets of a show's first listing and waits until they are issued. */
  async buy(show: Show, quantity = 2): Promise<{ order: Order; tickets: { id: string; code: string }[] }> {
    const order = await this.hold(show, quantity);
    await this.post('/api/payments', { order_id: order.id, method: 'pm_card_visa' });
    const issued = async () => {
      const { items } = await this.get<{ items: { id: string; code: string; order_id: string }[] }>('/api/tickets');
      return items.filter((ticket) => ticket.order_id === order.id);
    };
    await expect.poll(async () => (await issued()).length, { message: 'the tickets are issued' }).toBe(quantity);
    return { order, tickets: await issued() };
  }
}

export class People {
  private readonly present: { person: Person; check: () => void }[] = [];

  constructor(
    private readonly browser: Browser, private readonly origin: string, private readonly javaScriptEnabled: boolean,
    private readonly watch: (page: Page) => () => void,
  ) {}

  /** Somebody without an account. */
  async visitor(): Promise<Person> {
    const name = `Ana ${randomUUID().slice(0, 6)}`;
    return this.enter(name, `${randomUUID()}@example.com`, PASSWORD);
  }

  /** Somebody who has just signed up, in a browser that is signed in. */
  async user(name?: string): Promise<Person> {
    const person = await this.visitor();
    const data = { email: person.email, password: person.password, name: name ?? person.name };
    const headers = { origin: this.origin };
    const response = await patiently(() => person.api.post('/api/auth/signup', { data, headers }));
    expect(response.status(), await response.text()).toBe(201);
    return person;
  }

  /** Another browser of the same person, signed in. */
  async secondDevice(person: Person): Promise<Person> {
    const device = await this.enter(person.name, person.email, person.password);
    await this.signIn(device);
    return device;
  }

  /** The admin of the system under test, in the session that was begun before all tests, while its token lasts. */
  async admin(): Promise<Person> {
    const email = process.env.ADMIN_EMAIL!, password = process.env.ADMIN_PASSWORD!;
    const admin = await this.enter('Admin', email, password);
    const isFresh = Date.now() - Number(process.env.ADMIN_SINCE) < ADMIN_SESSION_MS;
    if (isFresh) await admin.context.addCookies(JSON.parse(process.env.ADMIN_COOKIES!));
    else await signInAdmin(admin.api, this.origin);
    return admin;
  }

  /** Everybody closes their browser; what their pages complained about fails the test. */
  async leave(): Promise<void> {
    for (const { person, check } of this.present) {
      await person.context.close();
      check();
    }
  }

  private async signIn(person: Person): Promise<void> {
    const data = { email: person.email, password: person.password };
    const headers = { origin: this.origin };
    const response = await patiently(() => person.api.post('/api/auth/signin', { data, headers }));
    expect(response.status(), await response.text()).toBe(200);
  }

  private async enter(name: string, email: string, password: string): Promise<Person> {
    const viewport = this.javaScriptEnabled ? { width: 1280, height: 900 } : { width: 390, height: 844 };
    const context = await this.browser.newContext({
      baseURL: this.origin, javaScriptEnabled: this.javaScriptEnabled, viewport, locale: 'en-GB',
    });
    const page = await context.newPage();
    const person = new Person(name, email, password, context, page, this.origin);
    this.present.push({ person, check: this.watch(page) });
    return person;
  }
}

type Response = Awaited<ReturnType<APIRequestContext['get']>>;

/** 503 with `Retry-After` means: in a moment. A copy may be behind the caller's last act. */
async function patiently(request: () => Promise<Response>): Promise<Response> {
  let response = await request();
  for (let tries = 0; tries < 20 && response.status() === 503; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    response = await request();
  }
  return response;
}

async function answer<T>(response: Response, path: string, status: number): Promise<T> {
  const text = await response.text();
  expect(response.status(), `${path}: ${text}`).toBe(status);
  return (text ? JSON.parse(text) : null) as T;
}

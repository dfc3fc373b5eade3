// The bus or auth is away: public pages answer, identity goes on, and everything catches up.
import { randomUUID } from 'node:crypto';
import { expect, test } from '../support/test';
import { frozen } from '../support/processes';

const BUS_AWAY_MS = 20_000;

test('the bus is away for 20 s during a purchase', async ({ people, baseURL, request }) => {
  const [seller, buyer] = [await people.user(), await people.user()];
  const show = await seller.show({ quantity: 10 });
  const order = await buyer.hold(show, 2);
  const headers = { origin: baseURL!, 'idempotency-key': randomUUID() };
  const data = { order_id: order.id, method: 'pm_card_visa' };
  // The copy in payments may be a moment behind.
  const taken = async () => (await buyer.api.post('/api/payments', { data, headers })).status();
  await expect.poll(taken).toBe(201);

  await frozen('nats', async () => {
    const until = Date.now() + BUS_AWAY_MS;
    while (Date.now() < until) {
      expect((await request.get('/')).status(), 'the front page').toBe(200);
      expect((await request.get(`/shows/${show.id}`)).status(), 'the page of a show').toBe(200);
      expect((await buyer.api.get('/api/orders/whoami')).status(), 'auth is asked who is banned').toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  });

  const issued = async () => {
    const { items } = await buyer.api.get('/api/tickets').then((answer) => answer.json());
    return (items ?? []).filter((ticket: { order_id: string }) => ticket.order_id === order.id).length;
  };
  await expect.poll(issued, { message: 'the tickets are issued', timeout: 60_000 }).toBe(2);
});

test('with auth away the other services still know who is who', async ({ people }) => {
  const [seller, buyer] = [await people.user(), await people.user()];
  const show = await seller.show({ quantity: 10 });
  await frozen('auth', async () => {
    for (let second = 0; second < 5; second += 1) {
      for (const service of ['tickets', 'orders', 'payments', 'expiration', 'notifications']) {
        expect((await buyer.api.get(`/api/${service}/whoami`)).status(), service).toBe(200);
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    const { order } = await buyer.buy(show, 2);
    expect(order.status).toBe('awaiting_payment');
  });
});

// Any one process dies during a purchase: it is back within 5 s, and the purchase ends correctly.
import { randomUUID } from 'node:crypto';
import { expect, test } from '../support/test';
import { back, crash } from '../support/processes';
import type { Person } from '../support/people';

const VICTIMS = ['auth', 'tickets', 'orders', 'expiration', 'payments', 'notifications', 'frontend', 'ingress'];
const BACK_WITHIN_MS = 5_000;

for (const victim of VICTIMS) {
  test(`a purchase survives the death of ${victim}`, async ({ people, baseURL }) => {
    const [seller, buyer] = [await people.user(), await people.user()];
    const show = await seller.show({ quantity: 10 });
    await expect.poll(async () => (await buyer.get<{ listings: unknown[] }>(`/api/shows/${show.id}`)).listings.length).toBe(1);
    const order = await buyer.hold(show, 2);

    const begun = Date.now();
    const paying = pay(buyer, baseURL!, order.id);
    const took = await back(crash(victim), begun);
    await paying;

    const issued = async () => {
      const tickets = await buyer.api.get('/api/tickets').then((answer) => answer.json()).catch(() => ({ items: [] }));
      return (tickets.items ?? []).filter((ticket: { order_id: string }) => ticket.order_id === order.id).length;
    };
    await expect.poll(issued, { message: 'the tickets are issued', timeout: 30_000 }).toBe(2);
    const payments = await buyer.get<{ status: string }>(`/api/orders/${order.id}`);
    expect(payments.status).toBe('complete');
    const sold = async () => {
      const { listings } = await buyer.get<{ listings: { stock: { sold: number; free: number } }[] }>(`/api/shows/${show.id}/availability`);
      return listings.map(({ stock }) => [stock.sold, stock.free]);
    };
    await expect.poll(sold, { message: 'exactly two are sold' }).toEqual([[2, 8]]);
    expect(took, `${victim} was back`).toBeLessThan(BACK_WITHIN_MS);
  });
}

/** Pays with one key until there is an answer: the same key is the same payment, however often it is sent. */
async function pay(buyer: Person, origin: string, orderId: string): Promise<void> {
  const headers = { origin, 'idempotency-key': randomUUID() };
  const attempt = async () => {
    const data = { order_id: orderId, method: 'pm_card_visa' };
    const answer = await buyer.api.post('/api/payments', { data, headers }).catch(() => null);
    if (answer === null || answer.status() >= 500) return 'again';
    return [201, 202].includes(answer.status()) ? 'paid' : `${answer.status()} ${await answer.text()}`;
  };
  await expect.poll(attempt, { message: 'the payment is taken', timeout: 30_000, intervals: [200] }).toBe('paid');
}

// At the door: a code is let in once.
import type { Page } from '@playwright/test';
import { checked, expect, test, visit } from '../support/test';

/** A scanner types a code and presses Enter. */
async function scan(page: Page, code: string): Promise<void> {
  await expect(page.getByLabel('Ticket code')).toBeFocused();
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
}

test('a code is let in once, and foreign codes are refused', async ({ people }) => {
  const [seller, other, buyer] = [await people.user(), await people.user(), await people.user()];
  const show = await seller.show();
  const elsewhere = await other.show();
  const { tickets: [first, second] } = await buyer.buy(show, 2);
  const { tickets: [foreign] } = await buyer.buy(elsewhere, 1);
  const { page } = seller;
  const result = page.getByRole('status');

  await visit(page, `/sell/shows/${show.id}/door`);
  await expect(result).toContainText('Ready');
  await scan(page, first.code);
  await expect(result.getByRole('heading', { name: 'Let in' })).toBeVisible();
  await expect(result).toContainText(`${buyer.name}: Stalls`);
  await checked(page);

  await scan(page, first.code);
  await expect(result.getByRole('heading', { name: 'Already in' })).toBeVisible();
  await expect(result).toContainText(/Used at \d\d:\d\d:\d\d/);
  await checked(page);

  await scan(page, foreign.code);
  await expect(result.getByRole('heading', { name: 'Wrong show' })).toBeVisible();
  await checked(page);
  await scan(page, 'T1.NOT-A-TICKET');
  await expect(result.getByRole('heading', { name: 'No ticket' })).toBeVisible();

  await scan(page, second.code.toLowerCase());
  await expect(result.getByRole('heading', { name: 'Let in' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Last scans' }).getByRole('listitem')).toHaveCount(5);

  const held = await buyer.get<{ items: { id: string; state: string }[] }>('/api/tickets');
  const state = (id: string) => held.items.find((ticket) => ticket.id === id)?.state;
  expect([state(first.id), state(second.id), state(foreign.id)]).toEqual(['checked_in', 'checked_in', 'valid']);
});

test('a refunded ticket opens no door', async ({ people }) => {
  const [seller, buyer] = [await people.user(), await people.user()];
  const show = await seller.show();
  const { tickets: [ticket], order } = await buyer.buy(show, 1);
  const { payment_id } = await buyer.get<{ payment_id: string }>(`/api/orders/${order.id}`);
  await seller.post(`/api/payments/${payment_id}/refunds`, { reason: 'Asked for' });
  await expect.poll(async () => (await buyer.get<{ state: string }>(`/api/tickets/${ticket.id}`)).state).toBe('void');

  await visit(seller.page, `/sell/shows/${show.id}/door`);
  await scan(seller.page, ticket.code);
  await expect(seller.page.getByRole('heading', { name: 'Not valid' })).toBeVisible();
});

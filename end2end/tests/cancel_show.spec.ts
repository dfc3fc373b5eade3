// A show that will not take place: everybody gets their money back and is told.
import { checked, expect, test, visit } from '../support/test';
import { mailTo } from '../support/mail';

test('a cancelled show ends holds, voids tickets, refunds and tells', async ({ people }) => {
  const [seller, paid, holding] = [await people.user(), await people.user(), await people.user()];
  const show = await seller.show();
  const { order, tickets } = await paid.buy(show, 2);
  const hold = await holding.hold(show, 3);
  const { page } = seller;

  await visit(page, `/sell/shows/${show.id}`);
  await page.getByRole('link', { name: 'Cancel this show' }).click();
  await expect(page.getByText('Every buyer gets all of it back, fees included')).toBeVisible();
  await checked(page);
  await page.getByRole('button', { name: 'Cancel the show' }).click();
  await expect(page.getByRole('heading', { name: 'The show is cancelled' })).toBeVisible();
  await checked(page);

  type Order = { status: string; cancel_reason: string | null };
  const read = async (person: typeof paid, id: string) => person.get<Order>(`/api/orders/${id}`);
  await expect.poll(async () => (await read(holding, hold.id)).status).toBe('cancelled');
  expect((await read(holding, hold.id)).cancel_reason).toBe('show_cancelled');
  await expect.poll(async () => (await read(paid, order.id)).status, { timeout: 20_000 }).toBe('refunded');
  for (const ticket of tickets) {
    expect((await paid.get<{ state: string }>(`/api/tickets/${ticket.id}`)).state).toBe('void');
  }
  await expect.poll(async () => mailTo(paid, /cancel|refund/i), { message: 'the buyer is told' }).not.toEqual([]);

  await visit(page, `/sell/shows/${show.id}`);
  await expect(page.getByText('A cancelled show cannot be changed.')).toBeVisible();
  await expect(page.getByRole('row', { name: new RegExp(paid.name) })).toContainText('Refunded');
  await visit(paid.page, `/tickets/${tickets[0].id}`);
  await expect(paid.page.getByText('The show was cancelled.').first()).toBeVisible();
  await expect(paid.page.getByRole('img', { name: /^QR code/ })).toHaveCount(0);
  await visit(paid.page, `/orders/${order.id}`);
  await expect(paid.page.getByRole('heading', { level: 1, name: 'Your money is on its way back' })).toBeVisible();
  await visit(holding.page, `/orders/${hold.id}`);
  await expect(holding.page.getByRole('heading', { level: 1, name: 'The show was cancelled' })).toBeVisible();
  await visit(holding.page, `/shows/${show.id}`);
  await expect(holding.page.getByRole('heading', { name: 'This show was cancelled' })).toBeVisible();

  await visit(page, `/sell/shows/${show.id}/door`);
  await page.getByLabel('Ticket code').fill(tickets[0].code);
  await page.getByRole('button', { name: 'Check' }).click();
  await expect(page.getByRole('heading', { name: 'Not valid' })).toBeVisible();
  await checked(page);
});

test('one may think better of it', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show();
  await visit(seller.page, `/sell/shows/${show.id}`);
  await seller.page.getByRole('link', { name: 'Cancel this show' }).click();
  const keep = seller.page.getByRole('button', { name: 'Keep the show' });
  // What cannot be undone is not one key press away.
  if (test.info().project.name !== 'nojs') await expect(keep).toBeFocused();
  await keep.or(seller.page.getByRole('link', { name: 'Keep the show' })).click();
  await expect(seller.page.getByRole('link', { name: 'Cancel this show' })).toBeVisible();
  expect((await seller.get<{ status: string }>(`/api/shows/${show.id}`)).status).toBe('published');
});

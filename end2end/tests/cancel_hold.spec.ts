// A hold is let go, after a question.
import { expect, test, checked } from '../support/test';
import { holdOnPage } from '../support/buying';

test('a hold is let go, and the tickets are free at once', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show({ quantity: 20 });
  const buyer = await people.user();
  const { page } = buyer;
  await holdOnPage(page, show);

  // Every other page says what is held.
  await page.goto('/');
  await page.getByRole('link', { name: /2 held for you until \d\d:\d\d London time/ }).click();

  await page.getByText('Let these tickets go').click();
  await page.getByRole('button', { name: 'Let 2 tickets go' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'You let these tickets go' })).toBeVisible();
  await checked(page);
  await expect(page.getByRole('link', { name: /held for you until/ })).toHaveCount(0);
  const free = async () => {
    const { listings } = await buyer.get<{ listings: { stock: { free: number } }[] }>(`/api/shows/${show.id}/availability`);
    return listings[0].stock.free;
  };
  await expect.poll(free).toBe(20);
});

test('a second hold of a show replaces the first only when one says so', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show();
  const { page } = await people.user();
  const first = await holdOnPage(page, show);

  await page.goto(`/shows/${show.id}`);
  await expect(page.getByRole('heading', { name: /^You hold 2 tickets until/ })).toBeVisible();
  await page.getByRole('spinbutton', { name: 'How many: Stalls' }).fill('1');
  await page.getByRole('button', { name: /^Hold / }).click();
  await expect(page.getByRole('alert')).toContainText('You already hold tickets for this show');
  await expect(page.getByRole('link', { name: 'Go to checkout', exact: true })).toHaveAttribute('href', first);
  await checked(page);
  await page.getByRole('button', { name: 'Let those go and hold these' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Pay for your tickets' })).toBeVisible();
  expect(new URL(page.url()).pathname).not.toBe(first);
  await expect(page.getByText(/^1 × Stalls/)).toBeVisible();
});

test('more tickets are added to a hold, whose clock goes on', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show();
  const buyer = await people.user();
  const { page } = buyer;
  const first = await holdOnPage(page, show);
  const before = await buyer.get<{ expires_at: string }>(`/api${first}`);

  await page.goto(`/shows/${show.id}`);
  await page.getByRole('spinbutton', { name: 'How many: Stalls' }).fill('1');
  await page.getByRole('button', { name: /^Hold / }).click();
  await page.getByRole('button', { name: 'Add these to them' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Pay for your tickets' })).toBeVisible();
  await checked(page);
  type Order = { expires_at: string; items: { quantity: number }[] };
  const order = await buyer.get<Order>(`/api${new URL(page.url()).pathname}`);
  expect(order.items.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(3);
  expect(order.expires_at).toBe(before.expires_at);
});

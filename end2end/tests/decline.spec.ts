// A declined card does not lose the hold; a challenge is answered on the page.
import { holdOnPage, payWith, seesCodes } from '../support/buying';
import { expect, test, checked } from '../support/test';

test('a declined card, then a good one, in the same hold', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show();
  const buyer = await people.user();
  const { page } = buyer;
  const path = await holdOnPage(page, show);
  const before = await buyer.get<{ expires_at: string }>(`/api${path}`);

  await payWith(page, 'Declined card');
  const alert = page.getByRole('alert').filter({ hasText: 'Your bank declined the card' });
  await expect(alert).toContainText('Nothing was charged. Your 2 tickets are still held until');
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.getByRole('radio', { name: 'Declined card' })).toBeChecked();
  await checked(page);

  const after = await buyer.get<{ expires_at: string; status: string }>(`/api${path}`);
  expect(after).toMatchObject({ status: 'awaiting_payment', expires_at: before.expires_at });
  await page.goto(path);
  await expect(page.getByRole('heading', { name: 'Your bank declined the card' })).toBeVisible();

  await payWith(page, 'Good card');
  await seesCodes(page, 2);
  expect(new URL(page.url()).pathname).toBe(path);
});

test('a challenge that is approved', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show();
  const { page } = await people.user();
  await holdOnPage(page, show);
  await payWith(page, 'Card with a challenge');
  await expect(page.getByRole('heading', { level: 1, name: 'Your bank asks whether it is you' })).toBeVisible();
  await checked(page);
  await page.getByRole('button', { name: 'Approve' }).click();
  await seesCodes(page, 2);
});

test('a challenge that is refused keeps the hold', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show();
  const { page } = await people.user();
  await holdOnPage(page, show);
  await payWith(page, 'Card with a challenge');
  await page.getByRole('button', { name: 'Refuse' }).click();
  await expect(page.getByRole('heading', { name: 'Your bank declined the card' })).toBeVisible();
  await payWith(page, 'Good card');
  await seesCodes(page, 2);
});

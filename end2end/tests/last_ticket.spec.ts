// Two buyers want the last ticket: one gets it, the other is told.
import { expect, test, checked, hydrated } from '../support/test';

test('the last ticket is held once', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show({ quantity: 1 });
  const [first, second] = [await people.user(), await people.user()];
  for (const { page } of [first, second]) {
    await page.goto(`/shows/${show.id}`);
    await hydrated(page);
    await expect(page.getByRole('button', { name: 'Hold 1 ticket' })).toBeVisible();
  }
  const outcome = async (page: typeof first.page) => {
    await page.getByRole('button', { name: 'Hold 1 ticket' }).click();
    const held = page.getByRole('heading', { level: 1, name: 'Pay for your tickets' });
    const refused = page.getByRole('alert').filter({ hasText: 'Sold out: somebody was faster' });
    await expect(held.or(refused).first()).toBeVisible();
    return (await held.isVisible()) ? 'held' : 'refused';
  };
  const outcomes = await Promise.all([outcome(first.page), outcome(second.page)]);
  expect(outcomes.sort()).toEqual(['held', 'refused']);
  for (const { page } of [first, second]) await checked(page);
});

test('whoever wants more than are left is told how many there are', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show({ quantity: 3 });
  const [first, second] = [await people.user(), await people.user()];
  await second.page.goto(`/shows/${show.id}`);
  await first.hold(show, 2);
  await second.page.getByRole('button', { name: 'Hold 2 tickets' }).click();
  const number = second.page.getByRole('spinbutton', { name: 'How many: Stalls' });
  await expect(number).toHaveAccessibleDescription(/Only 1 ticket is left: choose fewer$/);
  await expect(number).toHaveValue('2');
});

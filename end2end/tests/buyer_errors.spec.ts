// Bad input on the buyer's forms is said at the field, and what was typed stays.
import { expect, test, checked } from '../support/test';

test('numbers of tickets that cannot be', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show({ maxPerOrder: 4 });
  const { page } = await people.user();
  await page.goto(`/shows/${show.id}`);
  const number = page.getByRole('spinbutton', { name: 'How many: Stalls' });
  for (const [typed, advice] of [
    ['0', /Enter a number of tickets from 1 to 50$/],
    ['500', /Enter a number of tickets from 1 to 50$/],
    ['5', /Choose at most 4 of these tickets$/],
  ] as const) {
    await number.fill(typed);
    await page.getByRole('button', { name: /^Hold / }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await expect(number).toHaveAccessibleDescription(advice);
    await expect(number).toHaveValue(typed);
    await expect(page).toHaveTitle(/^Error: /);
  }
  await checked(page);
});

test('a seated form without a seat', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show({ seats: ['A1', 'A2'] });
  const { page } = await people.user();
  await page.goto(`/shows/${show.id}`);
  await page.getByRole('button', { name: /^Hold / }).click();
  await expect(page.getByRole('alert')).toContainText('Choose at least one seat');
  await checked(page);
});

test('a resale price above the cap', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show({ price: 2000 });
  const holder = await people.user();
  const { tickets } = await holder.buy(show, 1);
  const { page } = holder;
  await page.goto(`/tickets/${tickets[0].id}`);
  const price = page.getByLabel('Price, GBP');
  await expect(price).toHaveValue('22.00');
  for (const [typed, advice] of [
    ['a lot', /Enter an amount, such as 18\.00/],
    ['24.21', /Ask for at most £24\.20/],
  ] as const) {
    await price.fill(typed);
    await page.getByRole('button', { name: 'Put it on sale' }).click();
    await expect(price).toHaveAccessibleDescription(advice);
    await expect(price).toHaveValue(typed);
  }
  await checked(page);
});

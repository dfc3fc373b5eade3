// A ticket is offered to others, taken back, and sold: the old code dies and the buyer has a new one.
import { payWith, seesCodes } from '../support/buying';
import { expect, test, checked } from '../support/test';

test('a ticket goes on sale and is taken off it', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show({ price: 2000 });
  const holder = await people.user('Marek Dvořák');
  const { tickets } = await holder.buy(show, 1);
  const { page } = holder;
  await page.goto(`/tickets/${tickets[0].id}`);
  await page.getByLabel('Price, GBP').fill('20.00');
  await page.getByRole('button', { name: 'Put it on sale' }).click();
  await expect(page.getByText('It does not open the door while it is on resale')).toBeVisible();
  await checked(page);

  await page.getByRole('button', { name: 'Take it off sale' }).click();
  await expect(page.getByRole('button', { name: 'Put it on sale' })).toBeVisible({ timeout: 20_000 });
});

test('a resold ticket is void, and the buyer has a new one', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show({ price: 2000 });
  const holder = await people.user('Marek Dvořák');
  const { tickets } = await holder.buy(show, 1);
  await holder.post(`/api/tickets/${tickets[0].id}/resale`, { price: { amount: 2100, currency: 'GBP' } });

  const buyer = await people.user();
  const { page } = buyer;
  await expect(async () => {
    await page.goto(`/shows/${show.id}`);
    await expect(page.getByRole('heading', { name: 'Resold by fans' })).toBeVisible({ timeout: 1000 });
  }).toPass();
  await expect(page.getByText('1 ticket, from Marek')).toBeVisible();
  await checked(page);
  const resale = page.getByRole('region', { name: 'Resold by fans' });
  await resale.getByRole('button', { name: 'Hold 1 ticket' }).click();
  await payWith(page, 'Good card');
  await seesCodes(page, 1);

  await holder.page.goto(`/tickets/${tickets[0].id}`);
  await expect(holder.page.getByRole('img', { name: /^QR code/ })).toHaveCount(0);
  await checked(holder.page);
});

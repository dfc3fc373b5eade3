// A hold runs out: the page says so and stays, the tickets are back on sale, and one press holds them again.
import type { Page } from '@playwright/test';
import { expect, test, checked } from '../support/test';
import { holdOnPage } from '../support/buying';

const scripted = () => test.info().project.name !== 'nojs';

/** Waits for the end of a hold. With scripts the page stays and offers a link; without, it is asked for anew. */
async function untilOver(page: Page): Promise<void> {
  if (scripted()) {
    await expect(page.getByText('Time ran out', { exact: true })).toBeVisible({ timeout: 20_000 });
    await expect(page.getByText('Something has happened to this order.')).toBeVisible({ timeout: 20_000 });
    await expect(page.getByRole('heading', { level: 1, name: 'Pay for your tickets' })).toBeVisible();
    await checked(page);
    await page.getByRole('link', { name: 'See how it stands now' }).click();
  }
  const heading = page.getByRole('heading', { level: 1, name: 'Time ran out, and the tickets went back on sale' });
  await expect(heading).toBeVisible({ timeout: 20_000 });
}

test('time runs out, and the tickets are back on sale', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show({ holdSeconds: 3, quantity: 20 });
  const buyer = await people.user();
  const { page } = buyer;
  const path = await holdOnPage(page, show);

  await untilOver(page);
  await expect(page.getByText('Nothing was charged.').first()).toBeVisible();
  await checked(page);
  await expect.poll(async () => (await buyer.get<{ status: string }>(`/api${path}`)).status).toBe('cancelled');

  const free = async () => {
    const { listings } = await buyer.get<{ listings: { stock: { free: number } }[] }>(`/api/shows/${show.id}/availability`);
    return listings[0].stock.free;
  };
  await expect.poll(free).toBe(20);
  await expect(async () => {
    if (!scripted()) await page.goto(path);
    await expect(page.getByText('20 free')).toBeVisible({ timeout: 1000 });
  }).toPass();

  await page.getByRole('button', { name: 'Hold 2 tickets again' }).click();
  await page.waitForURL((url) => url.pathname.startsWith('/orders/') && url.pathname !== path);
});

test('the bar that counted down holds them again', async ({ people }) => {
  test.skip(!scripted(), 'the page is another one by then');
  const seller = await people.user();
  // The second hold must still be alive when it is looked at.
  const show = await seller.show({ holdSeconds: 8, quantity: 20 });
  const { page } = await people.user();
  const path = await holdOnPage(page, show);
  await expect(page.getByText('Something has happened to this order.')).toBeVisible({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Hold them again' }).click();
  await page.waitForURL((url) => url.pathname.startsWith('/orders/') && url.pathname !== path);
  await expect(page.getByRole('heading', { level: 1, name: 'Pay for your tickets' })).toBeVisible();
});

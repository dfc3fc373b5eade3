// A hold runs out: the page says so, the tickets are back on sale, and one press holds them again.
import { expect, test, checked } from '../support/test';
import { holdOnPage } from '../support/buying';

test('time runs out, and the tickets are back on sale', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show({ holdSeconds: 3, quantity: 20 });
  const buyer = await people.user();
  const { page } = buyer;
  const path = await holdOnPage(page, show);

  const heading = page.getByRole('heading', { level: 1, name: 'Time ran out, and the tickets went back on sale' });
  await expect(heading).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText('Nothing was charged.').first()).toBeVisible();
  await checked(page);
  await expect.poll(async () => (await buyer.get<{ status: string }>(`/api${path}`)).status).toBe('cancelled');

  const free = async () => {
    const { listings } = await buyer.get<{ listings: { stock: { free: number } }[] }>(`/api/shows/${show.id}/availability`);
    return listings[0].stock.free;
  };
  await expect.poll(free).toBe(20);
  await expect(async () => {
    if (test.info().project.name === 'nojs') await page.goto(path);
    await expect(page.getByText('20 free')).toBeVisible({ timeout: 1000 });
  }).toPass();

  await page.getByRole('button', { name: 'Hold 2 tickets again' }).click();
  await page.waitForURL((url) => url.pathname.startsWith('/orders/') && url.pathname !== path);
});

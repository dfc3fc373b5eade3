// Two tickets are held, paid and issued.
import { holdOnPage, payWith, seesCodes } from '../support/buying';
import { expect, test, checked, visit } from '../support/test';

test('two tickets with a good card', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show({ price: 2000 });
  const { page } = await people.user('Priya Raman');

  await holdOnPage(page, show);
  await checked(page);
  await expect(page.getByText('Booking fee')).toBeVisible();
  await expect(page.getByRole('timer')).toHaveText(/^1[45]:\d\d$/);
  await payWith(page, 'Good card');

  await seesCodes(page, 2);
  await expect(page.getByRole('heading', { level: 1, name: /^See you on / })).toBeVisible();
  await checked(page);

  await visit(page, '/tickets');
  await expect(page.getByRole('heading', { level: 3, name: show.title })).toHaveCount(2);
  await page.getByRole('link', { name: /^Show QR code/ }).first().click();
  await seesCodes(page, 1);
  await checked(page);

  await visit(page, '/orders');
  await expect(page.getByRole('row').filter({ hasText: show.title })).toContainText('£44.00');
});

test('one press of the button is one payment, however often it is pressed', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show();
  const buyer = await people.user();
  const order = await holdOnPage(buyer.page, show);
  // What two presses send, whether or not the browser would drop the first: the same form, twice at once.
  const form = await buyer.page.locator('form#pay').evaluate((element) => {
    const fields = [...new FormData(element as HTMLFormElement).entries()];
    return Object.fromEntries(fields.map(([name, value]) => [name, String(value)]));
  });
  expect(form.idempotency_key).toBeTruthy();
  const headers = { origin: new URL(buyer.page.url()).origin };
  const press = () => buyer.api.post(order, { form, headers, maxRedirects: 0 });
  const answers = await Promise.all([press(), press()]);
  expect(answers.map((answer) => [answer.status(), answer.headers().location])).toEqual([[303, order], [303, order]]);
  await buyer.page.goto(order);
  await seesCodes(buyer.page, 2);
  const id = order.split('/').pop();
  const { items } = await buyer.get<{ items: unknown[] }>(`/api/payments?order_id=${id}`);
  expect(items).toHaveLength(1);
});

test('chosen seats', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show({ seats: ['A1', 'A2', 'A3', 'B1', 'B2'] });
  const { page } = await people.user();
  await visit(page, `/shows/${show.id}`);
  const rowA = page.getByRole('group', { name: 'Row A' });
  await rowA.getByRole('checkbox', { name: /seat 2/ }).check();
  await rowA.getByRole('checkbox', { name: /seat 3/ }).check();
  await page.getByRole('button', { name: /^Hold / }).click();
  await expect(page.getByText(/seats A2, A3/)).toBeVisible();
  await payWith(page, 'Good card');
  await seesCodes(page, 2);
  await expect(page.getByText('Stalls, seat A2')).toBeVisible();
});

test('a bank that answers late still sells', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show();
  const { page } = await people.user();
  await holdOnPage(page, show);
  await payWith(page, 'Late confirmation');
  await expect(page.getByRole('heading', { level: 1, name: /^(Confirming your payment|See you on )/ })).toBeVisible();
  await checked(page);
  await seesCodes(page, 2);
});

test('another tab learns that the order was paid', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show();
  const buyer = await people.user();
  const order = await holdOnPage(buyer.page, show);
  await buyer.post('/api/payments', { order_id: order.split('/').pop(), method: 'pm_card_visa' });
  // Its reader may be in the middle of paying, so the page stays where it is.
  if (test.info().project.name === 'nojs') await buyer.page.reload();
  else await buyer.page.getByRole('link', { name: 'See how it stands now' }).click();
  await seesCodes(buyer.page, 2);
});

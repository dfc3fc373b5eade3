// A new show is found, by its words, its city, its kind and its day; and what is not found leads on.
import { randomUUID } from 'node:crypto';
import { expect, test, checked, visit } from '../support/test';

test('a new show is found by its words', async ({ people }) => {
  const seller = await people.user();
  const word = `Quay${randomUUID().slice(0, 8)}`;
  const show = await seller.show({ title: `${word} at Dusk`, price: 2000 });
  const visitor = await people.visitor();
  const page = visitor.page;

  await visit(page, '/');
  await page.getByRole('searchbox', { name: 'Artist, show or venue' }).fill(word.toLowerCase());
  await page.getByRole('button', { name: 'Find shows' }).click();
  await expect(page).toHaveURL(new RegExp(`[?&]q=${word.toLowerCase()}`));
  await expect(page.getByRole('searchbox', { name: 'Artist, show or venue' })).toHaveValue(word.toLowerCase());
  const found = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: show.title }) });
  await expect(found).toHaveCount(1);
  await expect(found).toContainText('£22.00');
  await expect(found).toContainText('20 free');
  await checked(page);

  await page.getByRole('link', { name: show.title }).click();
  await expect(page.getByRole('heading', { level: 1, name: show.title })).toBeVisible();
  await expect(page.getByText('incl. £2.00 fee')).toBeVisible();
  await checked(page);
});

test('a search is narrowed by city, kind and day, and the form keeps it', async ({ people }) => {
  const seller = await people.user();
  const word = `Pier${randomUUID().slice(0, 8)}`;
  const city = `Town ${randomUUID().slice(0, 6)}`;
  const show = await seller.show({ title: word, city });
  await seller.show({ title: `${word} elsewhere` });
  const { page } = await people.visitor();
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

  await visit(page, `/?q=${word}`);
  await expect(page.getByRole('heading', { level: 3 })).toHaveCount(2);
  await page.getByLabel('City').selectOption(city);
  await page.getByLabel('Kind').selectOption({ label: 'Music' });
  await page.getByLabel('From').fill(day(6));
  await page.getByLabel('To', { exact: true }).fill(day(8));
  await page.getByRole('button', { name: 'Find shows' }).click();
  await expect(page.getByRole('heading', { level: 1, name: city })).toBeVisible();
  await expect(page.getByRole('heading', { level: 3 })).toHaveText([show.title]);
  await expect(page.getByLabel('City')).toHaveValue(city);
  await expect(page.getByLabel('From')).toHaveValue(day(6));
  await checked(page);

  // Too early: nothing, and a way on.
  await page.getByLabel('To', { exact: true }).fill(day(1));
  await page.getByLabel('From').fill(day(0));
  await page.getByRole('button', { name: 'Find shows' }).click();
  await expect(page.getByText(/^No show matches/)).toBeVisible();
  await checked(page);
  await page.getByRole('link', { name: 'Everything that is on' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'What’s on' })).toBeVisible();
});

test('days that make no sense are said at the field', async ({ people }) => {
  const { page } = await people.visitor();
  await visit(page, '/?from=2031-05-02&to=2031-05-01&q=anything');
  await expect(page.getByLabel('To', { exact: true })).toHaveAccessibleDescription(/Choose a day that is not before the first$/);
  await expect(page.getByRole('searchbox')).toHaveValue('anything');
  await expect(page.getByLabel('From')).toHaveValue('2031-05-02');
});

test('what is on comes in pages', async ({ people }) => {
  const seller = await people.user();
  const word = `Weir${randomUUID().slice(0, 8)}`;
  for (let number = 1; number <= 26; number += 1) await seller.show({ title: `${word} ${number}`, quantity: 1 });
  const { page } = await people.visitor();
  await visit(page, `/?q=${word}`);
  await expect(page.getByRole('heading', { level: 3 })).toHaveCount(25);
  await page.getByRole('link', { name: 'Next page' }).click();
  await expect(page.getByRole('heading', { level: 3 })).toHaveCount(1);
  await expect(page.getByRole('searchbox')).toHaveValue(word);
  await checked(page);
  await page.getByRole('link', { name: 'First page' }).click();
  await expect(page.getByRole('heading', { level: 3 })).toHaveCount(25);
});

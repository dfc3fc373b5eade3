// Bad input: the error stands at the field, and what was typed is still there.
import type { Locator } from '@playwright/test';
import { checked, expect, test, visit } from '../support/test';

/** The field says what is wrong with it, in words that belong to it. */
async function wrong(field: Locator, words: RegExp, kept?: string): Promise<void> {
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAccessibleDescription(words);
  if (kept !== undefined) await expect(field).toHaveValue(kept);
}

test('a new show', async ({ people }) => {
  const { page } = await people.user();
  await visit(page, '/sell/shows/new');
  await page.getByLabel('Venue', { exact: true }).fill('Kaple');
  await page.getByLabel('What people will see').fill('Strings & an accordion');
  await page.getByLabel('Minutes to pay').fill('900');
  await page.getByRole('button', { name: 'Save and add tickets' }).click();
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.getByRole('alert')).toBeFocused();
  await wrong(page.getByLabel('Title', { exact: true }), /Enter a title/);
  await wrong(page.getByLabel('Category'), /Choose a category/);
  await wrong(page.getByLabel('Date', { exact: true }), /Choose the day/);
  await wrong(page.getByLabel('Starts', { exact: true }), /Enter a time/);
  await wrong(page.getByLabel('Minutes to pay'), /5 to 60/, '900');
  await wrong(page.getByLabel('Country'), /Choose the country/);
  await wrong(page.getByLabel('Time zone'), /Choose the venue/);
  await expect(page.getByLabel('Venue', { exact: true })).toHaveValue('Kaple');
  await expect(page.getByLabel('What people will see')).toHaveValue('Strings & an accordion');
  await checked(page);

  // What only the service knows is said at the field as well.
  await page.getByLabel('Title', { exact: true }).fill('Yesterday');
  await page.getByLabel('Category').selectOption('music');
  await page.getByLabel('Date', { exact: true }).fill('2020-01-01');
  await page.getByLabel('Starts', { exact: true }).fill('19:30');
  await page.getByLabel('Minutes to pay').fill('15');
  await page.getByLabel('Street and number').fill('Dlouhá 12');
  await page.getByLabel('City', { exact: true }).fill('Praha');
  await page.getByLabel('Country').selectOption('CZ');
  await page.getByLabel('Time zone').selectOption('Europe/Prague');
  await page.getByRole('button', { name: 'Save and add tickets' }).click();
  await wrong(page.getByLabel('Date', { exact: true }), /in the future/, '2020-01-01');
  await expect(page.getByLabel('Time zone')).toHaveValue('Europe/Prague');
});

test('tickets and details of a show', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show();
  const { page } = seller;
  await visit(page, `/sell/shows/${show.id}`);
  await page.getByLabel('Price, £').fill('tbc');
  await page.getByLabel('Most per order').fill('99');
  await page.getByLabel('Seats, where they have names').fill('A9-A1');
  await page.getByRole('button', { name: 'Add tickets' }).click();
  await wrong(page.getByLabel('Called'), /Enter a name/);
  await wrong(page.getByLabel('Price, £'), /such as 18\.00/, 'tbc');
  await wrong(page.getByLabel('Most per order'), /1 to 50/, '99');
  await wrong(page.getByLabel('Seats, where they have names'), /names no seats/, 'A9-A1');
  await checked(page);

  await page.getByRole('row', { name: /Stalls/ }).getByRole('link', { name: 'Change' }).click();
  const change = page.getByRole('region', { name: 'Change “Stalls”' });
  await change.getByLabel('How many').fill('0');
  await change.getByLabel('Called').fill('');
  await change.getByRole('button', { name: 'Save tickets' }).click();
  await wrong(change.getByLabel('How many'), /1 to 100,000/, '0');
  await wrong(change.getByLabel('Called'), /Enter a name/, '');
  await checked(page);

  await page.getByLabel('Title', { exact: true }).fill('');
  await page.getByLabel('City', { exact: true }).fill('Bath');
  await page.getByRole('button', { name: 'Save details' }).click();
  await wrong(page.getByLabel('Title', { exact: true }), /Enter a title/, '');
  await expect(page.getByLabel('City', { exact: true })).toHaveValue('Bath');
});

test('a refund', async ({ people }) => {
  const [seller, buyer] = [await people.user(), await people.user()];
  const show = await seller.show();
  await buyer.buy(show, 1);
  const { page } = seller;
  await expect(async () => {
    await page.goto(`/sell/shows/${show.id}`);
    await page.getByRole('link', { name: /^Refund/ }).click({ timeout: 1_000 });
  }).toPass();
  const amount = page.getByLabel('Amount, £');
  await expect(amount).toHaveValue('22.00');
  await amount.fill('some');
  await page.getByRole('button', { name: 'Refund this amount' }).click();
  await wrong(page.getByLabel('Why'), /Enter a reason/, '');
  await wrong(amount, /Enter an amount up to 22\.00/, 'some');
  await checked(page);
});

test('the door', async ({ people }) => {
  const seller = await people.user();
  const show = await seller.show();
  const { page } = seller;
  await visit(page, `/sell/shows/${show.id}/door`);
  await page.getByRole('button', { name: 'Check' }).click();
  await wrong(page.getByLabel('Ticket code'), /Scan a ticket/);
  await checked(page);
});

test('a password', async ({ people }) => {
  const { page, password } = await people.user();
  const [current, changed] = [page.getByLabel('Password you use now'), page.getByLabel('New password')];
  await visit(page, '/account');
  await current.fill(password);
  await changed.fill('short');
  await page.getByRole('button', { name: 'Change password' }).click();
  await wrong(changed, /at least 15/, '');
  await checked(page);
  await current.fill('not the password at all');
  await changed.fill('quite another long password');
  await page.getByRole('button', { name: 'Change password' }).click();
  await wrong(current, /password you use now/, '');
  await expect(changed).toHaveValue('');
});

test('a ban', async ({ people }) => {
  const [admin, user] = [await people.admin(), await people.user()];
  const { page } = admin;
  await visit(page, `/admin/users?q=${encodeURIComponent(user.email)}`);
  await page.getByRole('link', { name: user.name }).click();
  await page.getByRole('link', { name: 'Ban this user' }).click();
  await page.getByLabel('Until the day below').check();
  await page.getByLabel('Last day of the ban').fill('2020-01-01');
  await page.getByLabel('Refuse them at the door').check();
  await page.getByRole('button', { name: 'Ban this account' }).click();
  await wrong(page.getByLabel('Reason', { exact: true }), /Enter a reason/, '');
  await wrong(page.getByLabel('Last day of the ban'), /today or a later day/, '2020-01-01');
  await expect(page.getByLabel('Until the day below')).toBeChecked();
  await expect(page.getByLabel('Refuse them at the door')).toBeChecked();
  await checked(page);

  await page.getByLabel('Reason', { exact: true }).fill('Stolen cards');
  await page.getByLabel('24 hours').check();
  await page.getByRole('button', { name: 'Ban this account' }).click();
  await page.getByRole('button', { name: 'Lift the ban' }).click();
  await wrong(page.getByLabel('Why'), /Enter a note/, '');
  await checked(page);
});

// No page of second factors scrolls sideways on the smallest phone.
import { fits } from '../support/buying';
import { expect, test, visit } from '../support/test';

test('the pages of second factors fit the narrowest phone', async ({ people }) => {
  const { page } = await people.user();
  await page.setViewportSize({ width: 360, height: 740 });
  await visit(page, '/account/security');
  await page.getByRole('button', { name: 'Add an authenticator app' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Add an authenticator app' })).toBeVisible();
  for (const path of ['/account/security/app', '/account/security/passkey', '/account/security', '/reauthenticate', '/signin/code']) {
    await visit(page, path);
    await fits(page);
  }
});

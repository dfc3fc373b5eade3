// A part of a page that is rendered again leaves whoever is in it alone, and catches up when they have left.
import { expect, test } from '../support/test';
import { holdOnPage } from '../support/buying';

const SETTLED = 'Nothing more will come.';

test('a live part waits until the focus has left it', async ({ people }, info) => {
  test.skip(info.project.name === 'nojs', 'without scripts nothing is live');
  const seller = await people.user();
  const show = await seller.show();
  const { page } = await people.user();
  let tell = () => {};
  const told = new Promise<void>((resolve) => { tell = resolve; });
  // The stream speaks once, and the browser does not ask it again; the page then has no stream to follow.
  const news = `retry: 3600000\ndata: {"version":1000000}\n\n`;
  await page.route(/\/orders\/[0-9a-f-]{36}$/, async (route) => {
    const kind = route.request().resourceType();
    if (kind === 'eventsource') {
      await told;
      await route.fulfill({ contentType: 'text/event-stream', body: news });
    } else if (kind === 'fetch') {
      await route.fulfill({ contentType: 'text/html', body: `<div id="awaiting"><p>${SETTLED}</p></div>` });
    } else {
      await route.fallback();
    }
  });
  await holdOnPage(page, show);
  const region = page.locator('#awaiting');
  await region.evaluate((element) => { element.tabIndex = -1; element.focus(); });
  await expect(region).toBeFocused();
  const looked = page.waitForResponse((response) => response.request().resourceType() === 'fetch');
  tell();
  await (await looked).finished();
  await expect(region).toContainText('Money is taken only while');
  await page.getByRole('button', { name: /^Pay / }).focus();
  await expect(region).toHaveText(SETTLED);
});

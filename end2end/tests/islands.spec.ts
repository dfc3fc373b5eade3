// Islands come alive by themselves, whatever the browser is busy with.
import { test, visit } from '../support/test';

test('a page comes alive in a browser that is never idle', async ({ people }, info) => {
  test.skip(info.project.name === 'nojs', 'without scripts nothing comes alive');
  const { page } = await people.visitor();
  await page.addInitScript(() => {
    // As browsers do it: what waits for no longer than a while is called when that is over.
    window.requestIdleCallback = (work, options) => {
      const late = { didTimeout: true, timeRemaining: () => 0 };
      return options?.timeout ? window.setTimeout(() => work(late), options.timeout) : 0;
    };
  });
  await visit(page, '/signin');
});

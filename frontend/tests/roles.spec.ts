/** What each role is offered, and what it is not. */
import { expect, test, type Page } from './support/test';
import { STRANGER } from './support/world';

function rail(page: Page) {
  return page.getByRole('navigation', { name: 'Pages' });
}

test.describe('a viewer', () => {
  test.use({ who: 'vera' });
  test('sees engines and figures, and no line of a log', async ({ page }) => {
    await page.goto('/');
    await expect(page.getByRole('table', { name: 'Engines' })).toContainText('edge');
    await expect(rail(page).getByRole('link')).toHaveText([/Overview/, /Engines/, /Clients/]);
    await page.keyboard.press('/');
    await expect(page).toHaveURL(/\/$/);
    for (const path of ['/search', '/tail']) {
      await page.goto(path);
      await expect(page.getByText(/^Your role does not see/)).toBeVisible();
    }
    await page.goto('/engines/edge');
    await expect(page.getByRole('heading', { name: 'Ledger' })).toBeVisible();
    await expect(page.getByRole('group', { name: 'Actions for edge' })).toHaveCount(0);
    await expect(page.getByRole('heading', { name: 'Test line' })).toHaveCount(0);
    await page.goto('/clients');
    await expect(page.getByRole('heading', { name: 'Clients', level: 1 })).toBeVisible();
    await expect(page.getByRole('tab')).toHaveCount(0);
  });
});

test.describe('an analyst', () => {
  test.use({ who: 'bert' });
  test('searches and changes nothing of the engines', async ({ page }) => {
    await page.goto('/search?q=sshd');
    await expect(page.getByRole('grid', { name: 'Rows found' }).getByRole('row').nth(1)).toContainText('sshd');
    await page.goto('/engines');
    await expect(page.getByRole('table', { name: 'Engines' })).toContainText('edge');
    await expect(page.getByRole('button', { name: 'New engine' })).toHaveCount(0);
    await expect(page.getByRole('button', { name: /^Actions for/ })).toHaveCount(0);
  });
});

test.describe('an operator', () => {
  test.use({ who: 'olga' });
  test('runs engines', async ({ page }) => {
    await page.goto('/engines');
    await expect(page.getByRole('button', { name: 'New engine' })).toBeVisible();
    await page.getByRole('button', { name: 'Actions for edge' }).click();
    await expect(page.getByRole('menuitem', { name: 'Restart' })).toBeVisible();
    await page.keyboard.press('Escape');
    await page.goto('/clients');
    await expect(page.getByRole('tab', { name: /Unknown senders/ })).toBeVisible();
  });
});

test.describe('an operator of one engine', () => {
  test.use({ who: 'sigi' });
  test('sees this engine, and nothing of the others', async ({ page }) => {
    await page.goto('/');
    const engines = page.getByRole('table', { name: 'Engines' });
    await expect(engines).toContainText('servers');
    await expect(engines).not.toContainText('edge');
    await page.goto('/search');
    const rows = page.getByRole('grid', { name: 'Rows found' });
    await expect(rows.getByRole('row').nth(3)).toBeVisible();
    await expect(rows).not.toContainText('rtr-dhaka');
    await page.goto('/engines');
    await expect(page.getByRole('table', { name: 'Engines' })).not.toContainText('edge');
    await expect(page.getByRole('button', { name: 'New engine' })).toHaveCount(0);
    await page.goto('/engines/edge');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Ledger' })).toHaveCount(0);
    await page.goto('/clients?view=unknown');
    await expect(page.getByRole('tab')).toHaveCount(0);
    await expect(page.getByText(STRANGER)).toHaveCount(0);
  });
});

/** Pictures small enough for a repository: as WebP, by the browser that took them. */
import type { BrowserContext } from '@playwright/test';

const QUALITIES = [0.82, 0.6, 0.4, 0.2];
const MOST_BYTES = 100_000;

export async function smaller(context: BrowserContext, png: Buffer): Promise<Buffer> {
  const page = await context.newPage();
  const text = await page.evaluate(
    async ({ base64, qualities, most }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.width, image.height];
      canvas.getContext('2d')?.drawImage(image, 0, 0);
      const texts = qualities.map((quality) => canvas.toDataURL('image/webp', quality));
      // Four letters are three bytes.
      return texts.find(({ length }) => (length * 3) / 4 <= most) ?? texts.at(-1) ?? '';
    },
    { base64: png.toString('base64'), qualities: QUALITIES, most: MOST_BYTES },
  );
  await page.close();
  return Buffer.from(text.slice(text.indexOf(',') + 1), 'base64');
}

/** Where Emotion's rules go in a browser: constructed style sheets, which a Content-Security-Policy without
 * 'unsafe-inline' allows; its own <style> elements would be refused. */
import createCache, { type EmotionCache } from '@emotion/cache';
import { StyleSheet } from '@emotion/sheet';

class ConstructedSheet extends StyleSheet {
  private sheet: CSSStyleSheet | null = null;

  override insert(rule: string): void {
    if (this.sheet === null) {
      this.sheet = new CSSStyleSheet();
      const others = document.adoptedStyleSheets;
      // What is global stands before what belongs to one element.
      document.adoptedStyleSheets = this.key.endsWith('-global') ? [this.sheet, ...others] : [...others, this.sheet];
    }
    try {
      this.sheet.insertRule(rule, this.sheet.cssRules.length);
    } catch {
      // A rule for another make of browser, as `::-moz-focus-inner`: nothing is lost without it here.
    }
  }

  override flush(): void {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== this.sheet);
    this.sheet = null;
  }

  override hydrate(): void {
    // Nothing is rendered on a server.
  }
}

export function styleCache(): EmotionCache {
  const cache = createCache({ key: 'sl' });
  if ('adoptedStyleSheets' in document) {
    cache.sheet = new ConstructedSheet({ key: 'sl', container: document.head, speedy: true });
  }
  return cache;
}

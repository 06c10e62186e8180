import Button from '@mui/material/Button';
import { Component, type ReactNode } from 'react';

import { Notice } from './notice';

interface Props {
  children: ReactNode;
}

/** What a page does when it breaks: it says so, and the rest of the frame goes on. */
export class ErrorBoundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <Notice kind="bad" title="This page has failed." announced>
        Engines and stored logs are not touched by that. If it happens again, report this: {error.message}
        <br />
        <Button size="small" sx={{ mt: 2 }} onClick={() => window.location.reload()}>
          Load the page again
        </Button>
      </Notice>
    );
  }
}

import '@fontsource/jetbrains-mono/latin-400.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter } from 'react-router';
import { RouterProvider } from 'react-router/dom';

import { App } from '@/app/app';
import { routes } from '@/app/routes';
import { whenSignedOut } from '@/lib/api-client';
import { makeQueryClient } from '@/lib/query-client';
import { signedOut } from '@/lib/session';
import { styleCache } from '@/lib/style-sheet';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

const client = makeQueryClient();
whenSignedOut(() => signedOut(client));

createRoot(root).render(
  <StrictMode>
    <App client={client} cache={styleCache()}>
      <RouterProvider router={createBrowserRouter(routes)} />
    </App>
  </StrictMode>,
);

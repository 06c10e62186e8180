import { lazy } from 'react';
import type { RouteObject } from 'react-router';

import { Frame } from './frame/frame';
import { Gate } from './gate';
import { NotFoundPage } from './not-found-page';
import { BrokenPage } from './broken-page';

const OverviewPage = lazy(() =>
  import('@/features/overview/components/overview-page').then((module) => ({ default: module.OverviewPage })),
);
const SearchPage = lazy(() =>
  import('@/features/search/components/search-page').then((module) => ({ default: module.SearchPage })),
);
const TailPage = lazy(() =>
  import('@/features/tail/components/tail-page').then((module) => ({ default: module.TailPage })),
);
const EnginesPage = lazy(() =>
  import('@/features/engines/components/engines-page').then((module) => ({ default: module.EnginesPage })),
);
const EnginePage = lazy(() =>
  import('@/features/engines/components/engine-page').then((module) => ({ default: module.EnginePage })),
);
const ClientsPage = lazy(() =>
  import('@/features/clients/components/clients-page').then((module) => ({ default: module.ClientsPage })),
);
const SignInPage = lazy(() =>
  import('@/features/auth/components/sign-in-page').then((module) => ({ default: module.SignInPage })),
);
const SetupPage = lazy(() =>
  import('@/features/auth/components/setup-page').then((module) => ({ default: module.SetupPage })),
);

export const routes: RouteObject[] = [
  {
    errorElement: <BrokenPage />,
    children: [
      { path: '/sign-in', element: <SignInPage /> },
      { path: '/setup', element: <SetupPage /> },
      {
        element: (
          <Gate>
            <Frame />
          </Gate>
        ),
        children: [
          { path: '/', element: <OverviewPage /> },
          { path: '/search', element: <SearchPage /> },
          { path: '/tail', element: <TailPage /> },
          { path: '/engines', element: <EnginesPage /> },
          { path: '/engines/:name', element: <EnginePage /> },
          { path: '/clients', element: <ClientsPage /> },
          { path: '*', element: <NotFoundPage /> },
        ],
      },
    ],
  },
];

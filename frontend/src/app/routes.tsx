import { lazy } from 'react';
import type { RouteObject } from 'react-router';

import { Frame } from './frame/frame';
import { Gate } from './gate';
import { NotFoundPage } from './not-found-page';
import { BrokenPage } from './broken-page';

const OverviewPage = lazy(() =>
  import('@/features/overview/components/overview-page').then((module) => ({ default: module.OverviewPage })),
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
          { path: '*', element: <NotFoundPage /> },
        ],
      },
    ],
  },
];

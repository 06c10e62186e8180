/** How the tables of this page look: as many lines as fit, the head staying where it is. */
export const TIGHT = {
  '& td, & th': { px: 2, py: 1, verticalAlign: 'top' },
  '& th[scope="row"], & thead th:first-of-type': { pl: 4 },
  '& td:last-of-type, & thead th:last-of-type': { pr: 4 },
  '& thead th': { color: 'text.secondary', fontWeight: 500, bgcolor: 'background.paper', whiteSpace: 'nowrap' },
} as const;

/** The fields that the form has, as the API calls them: what is wrong with another one is told above it. */
export const FORM_FIELDS: readonly string[] = [
  'name',
  'class',
  'port',
  'title',
  'clients',
  'addresses',
  'keep_original',
  'workers',
  'auto_delete_days',
  'auto_delete_bytes',
  'autostart',
  'running',
];

import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent, type Ref } from 'react';

import { Icon } from '@/components/ui/icon';
import { sentence } from '@/components/ui/notice';
import { unseen } from '@/components/ui/unseen';
import { fonts } from '@/config/tokens';
import { counted } from '@/lib/format';
import { completed, unitsOf, type Suggestion } from '@/lib/query-completion';
import type { AskedScope } from '@/lib/search-address';

import { FaultMark } from './fault-mark';
import { optionId, SuggestionList } from './suggestion-list';
import { SyntaxHelp } from './syntax-help';
import { useCompletion } from './use-completion';

/** What is wrong with a query, and where: in characters from its beginning; null: nowhere in particular. */
export interface QueryFault {
  message: string;
  position: number | null;
}

export interface QueryBarProps {
  value: string;
  onChange: (value: string) => void;
  /** The text as it is to be run. */
  onRun: (value: string) => void;
  fault: QueryFault | null;
  /** Whose fields and values complete it; all of the first range where it is left out. */
  scope?: AskedScope;
  label?: string;
  inputRef?: Ref<HTMLTextAreaElement>;
}

/** The API takes no more. */
const MOST_CHARACTERS = 10_000;

/** Where a query is typed. Enter runs it, Shift+Enter begins a line; the arrows walk through what could stand there. */
export function QueryBar({ value, onChange, onRun, fault, scope, label = 'Query', inputRef }: QueryBarProps) {
  const id = useId();
  const input = useRef<HTMLTextAreaElement>(null);
  const nextCaret = useRef<number | null>(null);
  const [caret, setCaret] = useState(value.length);
  const [isOpen, setIsOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const { completing, suggestions } = useCompletion(value, caret, isOpen, scope);
  const isListed = isOpen && suggestions.length > 0;

  useLayoutEffect(() => {
    if (nextCaret.current !== null) input.current?.setSelectionRange(nextCaret.current, nextCaret.current);
    nextCaret.current = null;
  }, [value]);
  const place = fault?.position ?? null;
  useLayoutEffect(() => {
    if (place === null || input.current === null || document.activeElement !== input.current) return;
    const units = unitsOf(input.current.value, place);
    input.current.setSelectionRange(units, units);
  }, [fault, place]);

  const close = () => {
    setIsOpen(false);
    setActive(-1);
  };
  const become = (text: string, at: number) => {
    nextCaret.current = at;
    setCaret(at);
    setActive(-1);
    onChange(text.slice(0, MOST_CHARACTERS));
  };
  const choose = (suggestion: Suggestion) => {
    if (completing === null) return;
    const made = completed(value, completing, suggestion);
    become(made.text, made.caret);
    setIsOpen(completing.kind === 'field');
  };
  const run = () => {
    close();
    onRun(value);
  };
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    const chosen = isListed ? suggestions[active === -1 && event.key === 'Tab' ? 0 : active] : undefined;
    const act = keyAct(event, { isListed, chosen });
    if (act === null) return;
    event.preventDefault();
    if (act === 'run') run();
    if (act === 'choose' && chosen !== undefined) choose(chosen);
    if (act === 'close') close();
    if (act === 'leave') event.currentTarget.blur();
    if (act === 'open') setIsOpen(true);
    if (act === 'next' || act === 'former') setActive(stepped(active, suggestions.length, act === 'next' ? 1 : -1));
  };

  return (
    <Box sx={{ minWidth: 0, flex: 1 }}>
      <Box sx={{ position: 'relative' }}>
        <Box sx={frameStyle(fault !== null)}>
          <Box component="span" sx={{ display: 'flex', pt: '9px', color: 'text.secondary' }}>
            <Icon name="search" />
          </Box>
          <Box data-scroller="" sx={{ flex: 1, minWidth: 0, maxHeight: 160, overflowY: 'auto' }}>
            <Box sx={{ display: 'grid', fontFamily: fonts.lines, fontSize: 13, lineHeight: '22px' }}>
              <FaultMark text={value} position={fault?.position ?? null} />
              <Box
                component="textarea"
                ref={(element: HTMLTextAreaElement | null) => {
                  input.current = element;
                  return passOn(inputRef, element);
                }}
                data-query-bar=""
                aria-label={label}
                aria-autocomplete="list"
                aria-haspopup="listbox"
                aria-invalid={fault !== null}
                {...(isListed ? { 'aria-controls': `${id}-list` } : {})}
                {...(isListed && active >= 0 ? { 'aria-activedescendant': optionId(`${id}-list`, active) } : {})}
                {...(fault === null ? {} : { 'aria-describedby': `${id}-fault` })}
                rows={1}
                value={value}
                maxLength={MOST_CHARACTERS}
                placeholder="login failed severity:>=warning"
                autoCapitalize="none"
                autoComplete="off"
                autoCorrect="off"
                spellCheck={false}
                onChange={(event) => {
                  setCaret(event.target.selectionStart);
                  setActive(-1);
                  setIsOpen(event.target.value !== '');
                  onChange(event.target.value);
                }}
                onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
                onKeyDown={press}
                onBlur={close}
                sx={inputStyle}
              />
            </Box>
          </Box>
          {value === '' ? null : (
            <IconButton
              size="small"
              aria-label="Clear the query"
              sx={{ alignSelf: 'start', mt: '4px' }}
              onClick={() => {
                become('', 0);
                input.current?.focus();
              }}
            >
              <Icon name="close" size={16} />
            </IconButton>
          )}
          <SyntaxHelp
            onTry={(example) => {
              const text = value.trim() === '' ? example : `${value.trimEnd()} ${example}`;
              become(text, text.length);
            }}
          />
        </Box>
        {isListed ? (
          <SuggestionList
            id={`${id}-list`}
            label={completing?.kind === 'value' ? `Values of ${completing.field}` : 'Fields'}
            suggestions={suggestions}
            active={active}
            onChoose={choose}
          />
        ) : null}
        <Box role="status" sx={unseen}>
          {isListed ? `${counted(suggestions.length, 'suggestion')}, arrow keys to choose` : ''}
        </Box>
      </Box>
      {fault === null ? null : (
        <Typography id={`${id}-fault`} role="alert" variant="body2" sx={{ display: 'flex', gap: 1.5, pt: 1.5, color: 'error.main' }}>
          <Icon name="bad" size={18} />
          <span>
            {sentence(fault.message)}
            {fault.position === null ? '' : ` (Character ${fault.position + 1}.)`}
          </span>
        </Typography>
      )}
    </Box>
  );
}

type Act = 'run' | 'choose' | 'close' | 'leave' | 'open' | 'next' | 'former';

/** What a key does; null: what it does in any text. */
function keyAct(
  { key, shiftKey, ctrlKey }: KeyboardEvent,
  { isListed, chosen }: { isListed: boolean; chosen: Suggestion | undefined },
): Act | null {
  if (key === 'Enter' && !shiftKey) return chosen === undefined ? 'run' : 'choose';
  if (key === 'Tab' && !shiftKey && isListed) return 'choose';
  if (key === 'Escape') return isListed ? 'close' : 'leave';
  if (key === ' ' && ctrlKey) return 'open';
  if (key === 'ArrowDown') return isListed ? 'next' : null;
  return key === 'ArrowUp' && isListed ? 'former' : null;
}

/** In a ring, with a place outside where nothing is chosen. */
function stepped(active: number, length: number, step: number): number {
  const places = length + 1;
  return ((active + 1 + step + places) % places) - 1;
}

function passOn(ref: Ref<HTMLTextAreaElement> | undefined, element: HTMLTextAreaElement | null): undefined | (() => void) {
  if (typeof ref === 'function') {
    const leave = ref(element);
    return typeof leave === 'function' ? leave : undefined;
  }
  if (ref !== null && ref !== undefined) ref.current = element;
  return undefined;
}

function frameStyle(isWrong: boolean) {
  return {
    display: 'flex',
    gap: 2,
    pl: 2,
    pr: 1,
    border: 1,
    borderColor: isWrong ? 'error.main' : 'divider',
    borderRadius: 1,
    bgcolor: 'background.paper',
    '&:focus-within': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: '-1px' },
  };
}

const inputStyle = {
  gridArea: '1 / 1',
  zIndex: 1,
  m: 0,
  p: '7px 0',
  width: '100%',
  height: '100%',
  minHeight: 36,
  border: 0,
  outline: 'none',
  resize: 'none',
  overflow: 'hidden',
  overflowWrap: 'anywhere',
  whiteSpace: 'pre-wrap',
  color: 'text.primary',
  bgcolor: 'transparent',
  font: 'inherit',
  '&::placeholder': { color: 'text.secondary', opacity: 1, whiteSpace: 'nowrap' },
  '&:focus-visible': { outline: 'none' },
};

import Box from '@mui/material/Box';
import { useEffect, useRef } from 'react';

import { fonts, palettes } from '@/config/tokens';
import type { Suggestion } from '@/lib/query-completion';
import { visibleText } from '@/lib/visible-text';

import { showWithin } from './into-view';

interface Props {
  id: string;
  label: string;
  suggestions: readonly Suggestion[];
  /** The place of the chosen one; -1: none is. */
  active: number;
  onChoose: (suggestion: Suggestion) => void;
}

export function optionId(list: string, place: number): string {
  return `${list}-${place}`;
}

/** What could stand at the caret, below the bar; the keyboard stays in the bar. */
export function SuggestionList({ id, label, suggestions, active, onChoose }: Props) {
  return (
    <Box
      component="ul"
      id={id}
      role="listbox"
      aria-label={label}
      // A click must not take the focus out of the bar.
      onMouseDown={(event) => event.preventDefault()}
      sx={{
        position: 'absolute',
        top: '100%',
        left: 0,
        zIndex: 'modal',
        m: 0,
        mt: 1,
        p: 1,
        width: 'min(100%, 560px)',
        maxHeight: 320,
        overflowY: 'auto',
        listStyle: 'none',
        border: 1,
        borderColor: 'divider',
        borderRadius: 1,
        bgcolor: ({ palette }) => palettes[palette.mode].raised,
        boxShadow: 8,
      }}
    >
      {suggestions.map((suggestion, place) => (
        <Option
          key={suggestion.label}
          id={optionId(id, place)}
          suggestion={suggestion}
          isActive={place === active}
          onChoose={() => onChoose(suggestion)}
        />
      ))}
    </Box>
  );
}

interface OptionProps {
  id: string;
  suggestion: Suggestion;
  isActive: boolean;
  onChoose: () => void;
}

function Option({ id, suggestion, isActive, onChoose }: OptionProps) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isActive) showWithin(item.current?.parentElement ?? null, item.current);
  }, [isActive]);
  return (
    <Box
      component="li"
      ref={item}
      id={id}
      role="option"
      aria-selected={isActive}
      onClick={onChoose}
      sx={{
        display: 'flex',
        alignItems: 'center',
        justifyContent: 'space-between',
        gap: 4,
        minHeight: 28,
        px: 2,
        borderRadius: 1,
        cursor: 'pointer',
        '&:hover': { bgcolor: 'action.hover' },
        '&[aria-selected="true"]': { bgcolor: 'action.selected', '& *': { color: 'text.primary' } },
      }}
    >
      <Box
        component="span"
        sx={{ minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', fontFamily: fonts.lines, fontSize: 13 }}
      >
        {suggestion.label === '' ? '(empty)' : visibleText(suggestion.label)}
      </Box>
      <Box component="span" sx={{ flex: 'none', color: 'text.secondary', fontSize: 12 }}>
        {suggestion.note}
      </Box>
    </Box>
  );
}

import { createTheme, type MantineColorsTuple } from '@mantine/core';

// One accent: the amber of the andon lamp. Everything else is ink, paper and the severity marks.
const amber: MantineColorsTuple = [
  '#fff6e0',
  '#ffeabd',
  '#ffdb8f',
  '#fdca5e',
  '#f9b93a',
  '#f5a623',
  '#d98a0b',
  '#b06d02',
  '#8a5400',
  '#5f3900',
];
const dark: MantineColorsTuple = [
  '#dfe3e6',
  '#b6bfc6',
  '#9aa4ac',
  '#7e8991',
  '#39424a',
  '#2a3036',
  '#1d2226',
  '#15191c',
  '#101315',
  '#0a0c0e',
];

export const theme = createTheme({
  colors: { amber, dark },
  primaryColor: 'amber',
  primaryShade: { light: 4, dark: 5 },
  autoContrast: true,
  black: '#1c2023',
  fontFamily: "'IBM Plex Sans Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "'IBM Plex Mono', ui-monospace, 'Cascadia Mono', Menlo, monospace",
  fontSizes: { xs: '11.5px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '1.35', sm: '1.4', md: '1.45' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '20px', lineHeight: '1.25' },
      h2: { fontSize: '15px', lineHeight: '1.3' },
      h3: { fontSize: '13px', lineHeight: '1.3' },
    },
  },
  defaultRadius: 3,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { size: 28, variant: 'subtle', color: 'gray' } },
    TextInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs', comboboxProps: { shadow: 'md' } } },
    MultiSelect: { defaultProps: { size: 'xs', comboboxProps: { shadow: 'md' } } },
    NumberInput: { defaultProps: { size: 'xs' } },
    FileInput: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false, multiline: true, maw: 340, fz: 12, transitionProps: { duration: 80 } } },
    Popover: { defaultProps: { shadow: 'md' } },
    Menu: { defaultProps: { shadow: 'md' } },
    Modal: { defaultProps: { centered: true, transitionProps: { duration: 90 }, overlayProps: { backgroundOpacity: 0.5 } } },
    Drawer: { defaultProps: { position: 'right', transitionProps: { duration: 110 }, overlayProps: { backgroundOpacity: 0.25 } } },
  },
});

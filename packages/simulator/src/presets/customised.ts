/** The preset `customised`: an instance that a German company made its own, with other choices, priorities and columns. */
import type { FieldPlan } from '../scenario/scenario.ts'
import type { Preset } from './preset.ts'

const states = {
  1: 'Neu',
  2: 'In Bearbeitung',
  3: 'Wartend',
  5: 'Beim Lieferanten',
  6: 'Gelöst',
  7: 'Geschlossen',
  8: 'Storniert',
}
const levels = { 1: '1 - Hoch', 2: '2 - Mittel', 3: '3 - Niedrig', 4: '4 - Keine' }

/** Delivered columns under German names; their values stay, or are joined by the company's own. */
const delivered: Readonly<Record<string, FieldPlan>> = {
  number: { label: 'Nummer' },
  short_description: { label: 'Kurzbeschreibung' },
  description: { label: 'Beschreibung' },
  caller_id: { label: 'Melder' },
  assigned_to: { label: 'Zugewiesen an' },
  assignment_group: { label: 'Zuweisungsgruppe' },
  opened_at: { label: 'Eröffnet' },
  resolved_at: { label: 'Gelöst am' },
  closed_at: { label: 'Geschlossen am' },
  comments: { label: 'Zusätzliche Kommentare' },
  work_notes: { label: 'Arbeitsnotizen' },
  close_notes: { label: 'Lösungsnotizen' },
  sys_updated_on: { label: 'Aktualisiert' },
  sys_created_on: { label: 'Erstellt' },
  state: { label: 'Status', choices: states },
  incident_state: { label: 'Incident-Status', choices: states },
  impact: { label: 'Auswirkung', choices: levels },
  urgency: { label: 'Dringlichkeit', choices: levels },
  priority: {
    label: 'Priorität',
    choices: {
      1: 'P1 - Notfall',
      2: 'P2 - Dringend',
      3: 'P3 - Normal',
      4: 'P4 - Gering',
      6: 'P6 - Ohne Frist',
    },
  },
  hold_reason: {
    label: 'Grund für Wartestatus',
    choices: {
      1: 'Warten auf Melder',
      3: 'Warten auf Problem',
      4: 'Warten auf Lieferant',
      5: 'Warten auf Change',
      9: 'Warten auf Betriebsrat',
    },
  },
  category: {
    label: 'Kategorie',
    choices: {
      inquiry: 'Anfrage / Hilfe',
      software: 'Software',
      hardware: 'Hardware',
      network: 'Netzwerk',
      database: 'Datenbank',
      sap: 'SAP',
      production: 'Produktion (Werk)',
    },
  },
  close_code: {
    label: 'Lösungscode',
    choices: {
      Duplicate: 'Duplikat',
      'Known error': 'Bekannter Fehler',
      'No resolution provided': 'Keine Lösung',
      'Resolved by caller': 'Durch Melder gelöst',
      'Resolved by change': 'Durch Change gelöst',
      'Resolved by problem': 'Durch Problem gelöst',
      'Resolved by request': 'Durch Anforderung gelöst',
      'Solution provided': 'Lösung bereitgestellt',
      'Workaround provided': 'Umgehung bereitgestellt',
      'User error': 'Anwenderfehler',
      device_replaced: 'Gerät getauscht',
    },
  },
}

/** Columns of the company's own. */
const own: Readonly<Record<string, FieldPlan>> = {
  u_site: {
    label: 'Werk',
    choices: { ac: 'Aachen', le: 'Leipzig', gz: 'Graz' },
    seeded: ['ac', 'ac', 'le', 'gz', ''],
  },
  u_cost_centre: { label: 'Kostenstelle', maxLength: 10, seeded: ['4711', '4712', '0815', ''] },
  u_vip: {
    label: 'VIP-Melder',
    kind: 'boolean',
    default: 'false',
    seeded: ['false', 'false', 'false', 'true'],
  },
  u_promised_on: { label: 'Zugesagt am', kind: 'date-time' },
  u_second_caller: { label: 'Weiterer Melder', reference: 'sys_user' },
}

export const customised: Preset = {
  sentence:
    'An instance that a German company made its own: other choices, an other priority matrix, u_ columns, German labels and dates.',
  scenario: {
    incidents: 400,
    properties: { 'glide.sys.language': 'de' },
    users: [
      {
        user: 'admin',
        password: 'admin',
        name: 'Systemadministration',
        roles: ['admin', 'itil'],
        timeZone: 'Europe/Berlin',
        dateFormat: 'dd.MM.yyyy',
      },
      {
        user: 'agent',
        password: 'agent',
        name: 'Anke Agent',
        roles: ['itil'],
        timeZone: 'Europe/Berlin',
        dateFormat: 'dd.MM.yyyy',
        unreadable: { incident: ['u_cost_centre'] },
      },
    ],
    tables: {
      incident: { label: 'Störung', fields: { ...delivered, ...own } },
      sys_user: {
        label: 'Benutzer',
        fields: { u_works_council: { label: 'Betriebsrat', kind: 'boolean', default: 'false' } },
      },
    },
    priorities: {
      '1/1': '1',
      '1/2': '1',
      '1/3': '2',
      '1/4': '3',
      '2/1': '2',
      '2/2': '3',
      '2/3': '3',
      '2/4': '4',
      '3/1': '3',
      '3/2': '4',
      '3/3': '4',
      '3/4': '6',
      '4/1': '4',
      '4/2': '6',
      '4/3': '6',
      '4/4': '6',
    },
  },
}

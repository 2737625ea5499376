import { ConfigError } from '@snowline/sdk'
import { expect, test } from 'vitest'
import { readConfig } from '../src/config.ts'

test('nothing set: the defaults of the contract', () => {
  expect(readConfig({}, '/srv')).toMatchObject({
    host: '127.0.0.1',
    port: 4411,
    simPort: 4412,
    dataDir: '/srv/data',
    databaseFile: '/srv/data/snowline.db',
    publicUrl: null,
    corsOrigins: [],
    basePath: '',
    pages: true,
    rawDump: true,
    syncCron: null,
    admin: null,
    hostJwt: null,
    sn: {},
  })
})

test('every fault is told at once, by name, never by value', () => {
  const env = {
    PORT: 'canary',
    PUBLIC_URL: 'canary',
    CORS_ORIGINS: 'https://a.example/canary',
    ADMIN_EMAIL: 'a@b.c',
    AUTH_JWT_SECRET: 'canary',
    AUTH_JWKS_URL: 'https://keys.example',
    DATABASE_URL: 'mysql://canary',
    BASE_PATH: 'canary?',
    LOG_LEVEL: 'canary',
    RAW_DUMP: 'canary',
    SYNC_CRON: 'canary',
  }
  let error: unknown
  try {
    readConfig(env, '/srv')
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(ConfigError)
  const { problems, message } = error as ConfigError
  expect(new Set(problems.map(({ key }) => key))).toEqual(
    new Set([
      'PORT',
      'PUBLIC_URL',
      'CORS_ORIGINS',
      'ADMIN_PASSWORD',
      'AUTH_JWT_SECRET',
      'DATABASE_URL',
      'BASE_PATH',
      'LOG_LEVEL',
      'RAW_DUMP',
      'SYNC_CRON',
    ]),
  )
  expect(message).not.toContain('canary')
})

test('no fault in SN_* stops the start; an empty variable is an unset one', () => {
  const config = readConfig(
    { SN_INSTANCE_URL: 'ftp://x', SN_AUTH_TYPE: 'nonsense', SN_PASSWORD: '', PORT: '', HOME: '/root' },
    '/srv',
  )
  expect(config.sn).toEqual({ SN_INSTANCE_URL: 'ftp://x', SN_AUTH_TYPE: 'nonsense' })
  expect(config.port).toBe(4411)
})

test('paths, words and lists', () => {
  const config = readConfig(
    {
      DATA_DIR: 'var',
      DATABASE_URL: 'file:{DATA_DIR}/x.db',
      BASE_PATH: '/snow/',
      PAGES: 'off',
      RAW_DUMP: 'no',
      CORS_ORIGINS: 'https://a.example, https://b.example',
      AUTH_JWT_SECRET: 'x'.repeat(32),
      AUTH_ROLE_MAP: 'staff=agent, boss = admin',
      TRUST_PROXY: '1',
      SYNC_CRON: '*/15 * * * *',
    },
    '/srv',
  )
  expect(config).toMatchObject({
    dataDir: '/srv/var',
    databaseFile: '/srv/var/x.db',
    basePath: '/snow',
    pages: false,
    rawDump: false,
    corsOrigins: ['https://a.example', 'https://b.example'],
    hostJwt: { roleClaim: 'role', emailClaim: 'email', roleMap: { staff: 'agent', boss: 'admin' } },
    trustProxy: true,
    syncCron: '*/15 * * * *',
  })
  expect(readConfig({ DATABASE_URL: 'file:///var/lib/x.db' }, '/srv').databaseFile).toBe('/var/lib/x.db')
})

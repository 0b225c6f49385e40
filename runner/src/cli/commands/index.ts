/** Every command, in the order in which help lists them. */
import type { Command } from '../command.ts';
import type { Group } from '../program.ts';
import { agentsAdd } from './agents/add.ts';
import { agentsCheck } from './agents/check.ts';
import { agentsLs } from './agents/ls.ts';
import { agentsRm } from './agents/rm.ts';
import { audit } from './audit.ts';
import { demo } from './demo.ts';
import { doctorClean } from './doctor-clean.ts';
import { doctor } from './doctor.ts';
import { inboxAnswer } from './inbox/answer.ts';
import { inboxApprove } from './inbox/approve.ts';
import { inboxEdit } from './inbox/edit.ts';
import { inboxEscalate } from './inbox/escalate.ts';
import { inboxLs } from './inbox/ls.ts';
import { inboxReject } from './inbox/reject.ts';
import { inboxShow } from './inbox/show.ts';
import { keyCreate } from './key/create.ts';
import { keyLs } from './key/ls.ts';
import { keyRevoke } from './key/revoke.ts';
import { keyRotate } from './key/rotate.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { notifyLs } from './notify/ls.ts';
import { notifyTest } from './notify/test.ts';
import { relay } from './relay.ts';
import { relayBackup } from './relay-backup.ts';
import { relayResetAdmin } from './relay-reset-admin.ts';
import { relayRestore } from './relay-restore.ts';
import { relayRotateKeys } from './relay-rotate-keys.ts';
import { userCreate } from './user/create.ts';
import { deviceLs } from './device/ls.ts';
import { deviceRevoke } from './device/revoke.ts';
import { shareCreate } from './share/create.ts';
import { shareLs } from './share/ls.ts';
import { shareRevoke } from './share/revoke.ts';
import { userDisable, userEnable } from './user/enable.ts';
import { userInvite } from './user/invite.ts';
import { userLs } from './user/ls.ts';
import { userRole } from './user/role.ts';
import { runnerDoctor } from './runner/doctor.ts';
import { runnerInstall } from './runner/install.ts';
import { runnerJoin } from './runner/join.ts';
import { runnerLeave } from './runner/leave.ts';
import { runnerList } from './runner/list.ts';
import { runnerLogs } from './runner/logs.ts';
import { runnerLs } from './runner/ls.ts';
import { runnerDrain, runnerPause, runnerResume } from './runner/pause.ts';
import { runnerRename } from './runner/rename.ts';
import { runnerRestart } from './runner/restart.ts';
import { runnerRm } from './runner/rm.ts';
import { runnerRun } from './runner/run.ts';
import { runnerShow } from './runner/show.ts';
import { runnerStart } from './runner/start.ts';
import { runnerStatus } from './runner/status.ts';
import { runnerStopSession } from './runner/stop-session.ts';
import { runnerStop } from './runner/stop.ts';
import { runnerUninstall } from './runner/uninstall.ts';
import { sessionAttach } from './session/attach.ts';
import { sessionLogs } from './session/logs.ts';
import { sessionLs } from './session/ls.ts';
import { sessionNew } from './session/new.ts';
import { sessionRm } from './session/rm.ts';
import { sessionSend } from './session/send.ts';
import { sessionShow } from './session/show.ts';
import { sessionStop } from './session/stop.ts';
import { sessionTree } from './session/tree.ts';
import { sessionWait } from './session/wait.ts';
import { up } from './up.ts';
import { upgrade } from './upgrade.ts';
import { version } from './version.ts';
import { whoami } from './whoami.ts';

export const GROUPS: readonly Group[] = [
  { name: 'session', alias: 's', summary: 'Start, watch, tell and stop sessions' },
  { name: 'inbox', alias: 'i', summary: 'Answer what waits for a person' },
  { name: 'runner', summary: 'The runner of this machine, and all of the relay' },
  { name: 'agents', summary: 'The agents of this machine' },
  { name: 'notify', summary: 'Where notifications reach you' },
  { name: 'key', summary: 'Keys and join tokens' },
  { name: 'user', summary: 'People who may sign in' },
  { name: 'device', summary: 'Browsers where you are signed in' },
  { name: 'share', summary: 'Links that show a session to whoever has them' },
];

export const COMMANDS: readonly Command[] = [
  up,
  demo,
  relay,
  relayBackup,
  relayRestore,
  relayResetAdmin,
  relayRotateKeys,
  sessionNew,
  sessionLs,
  sessionShow,
  sessionTree,
  sessionAttach,
  sessionLogs,
  sessionSend,
  sessionStop,
  sessionWait,
  sessionRm,
  inboxLs,
  inboxShow,
  inboxAnswer,
  inboxApprove,
  inboxReject,
  inboxEdit,
  inboxEscalate,
  runnerRun,
  runnerJoin,
  runnerStart,
  runnerStop,
  runnerRestart,
  runnerStatus,
  runnerList,
  runnerStopSession,
  runnerLogs,
  runnerPause,
  runnerResume,
  runnerDrain,
  runnerRename,
  runnerLeave,
  runnerInstall,
  runnerUninstall,
  runnerLs,
  runnerShow,
  runnerDoctor,
  runnerRm,
  agentsLs,
  agentsCheck,
  agentsAdd,
  agentsRm,
  notifyLs,
  notifyTest,
  keyCreate,
  keyLs,
  keyRotate,
  keyRevoke,
  userCreate,
  userLs,
  userRole,
  userDisable,
  userEnable,
  userInvite,
  deviceLs,
  deviceRevoke,
  shareCreate,
  shareLs,
  shareRevoke,
  login,
  logout,
  whoami,
  audit,
  doctor,
  doctorClean,
  upgrade,
  version,
];

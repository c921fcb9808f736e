// An app of Slack's own framework, in Socket Mode against the sandbox: it answers a message and a button.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(pathToFileURL(`${process.env.PEERS}/package.json`));
const { App, SocketModeReceiver, LogLevel } = require('@slack/bolt');
const slack = JSON.parse(process.env.SLACK);
const clientOptions = { slackApiUrl: `${slack.api}/` };

const receiver = new SocketModeReceiver({
  appToken: slack.app_token,
  logLevel: LogLevel.ERROR,
  installerOptions: { clientOptions },
});
const app = new App({ token: slack.bot_token, receiver, clientOptions, logLevel: LogLevel.ERROR });

const fail = (why) => { console.error(`bolt: ${why}`); process.exit(1); };
setTimeout(() => fail('nothing happened for 30 seconds'), 30_000).unref();

const heard = {};
const happens = (name) => new Promise((resolve) => { heard[name] = resolve; });

app.message('hello', async ({ say }) => {
  const blocks = [{
    type: 'actions',
    elements: [{ type: 'button', action_id: 'click', value: '42', text: { type: 'plain_text', text: 'Click' } }],
  }];
  heard.message(await say({ text: 'Hello back', blocks }));
});
app.event('app_mention', async ({ event }) => heard.mention(event));
app.action('click', async ({ ack, body, client }) => {
  await ack();
  const view = {
    type: 'modal', callback_id: 'form', title: { type: 'plain_text', text: 'Form' }, submit: { type: 'plain_text', text: 'Send' },
    blocks: [
      { type: 'input', block_id: 'where', label: { type: 'plain_text', text: 'Where' }, element: { type: 'external_select', action_id: 'search', min_query_length: 1 } },
      { type: 'input', block_id: 'why', label: { type: 'plain_text', text: 'Why' }, element: { type: 'plain_text_input', action_id: 'text' } },
    ],
  };
  heard.button({ body, opened: await client.views.open({ trigger_id: body.trigger_id, view }) });
});
app.options('search', async ({ ack, options }) => {
  await ack({ options: [{ text: { type: 'plain_text', text: `${options.value}-api` }, value: `${options.value}-api` }] });
});
app.view('form', async ({ ack, view }) => {
  if (view.state.values.why.text.value === 'no') await ack({ response_action: 'errors', errors: { why: 'Say more.' } });
  else await ack();
});
app.command('/countersign', async ({ ack, command }) => ack(`you said ${command.text}`));
app.event('reaction_added', async ({ event }) => heard.reaction(event));
app.event('app_home_opened', async ({ event, client }) => {
  const blocks = [{ type: 'section', text: { type: 'plain_text', text: 'Home' } }];
  heard.home(await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } }));
});
app.error(async (error) => fail(error.stack ?? error));

const act = async (act) => {
  const answer = await fetch(`${slack.url}/_sandbox/act`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(act),
  });
  if (!answer.ok) fail(`${act.act}: ${await answer.text()}`);
  return answer.json();
};
const check = (what, truth) => { if (!truth) fail(what); console.log(`bolt: ${what}`); };

await app.start();
const message = happens('message');
await act({ act: 'say', user: 'U0ERIN', channel: null, text: 'hello', thread: null });
const said = await message;
check('it heard a direct message and answered', said.ok);

const mention = happens('mention');
await act({ act: 'say', user: 'U0ERIN', channel: 'C0OPS', text: '<@U0BOT> hi', thread: null });
check('it heard a mention', (await mention).channel === 'C0OPS');

const button = happens('button');
const pressed = await act({ act: 'press', user: 'U0ERIN', channel: said.channel, ts: said.ts, button: 'Click' });
const { body, opened } = await button;
check('it heard a button and opened a form', pressed.answer.acknowledged && body.actions[0].value === '42' && opened.view.id);

const view = opened.view.id;
const found = await act({ act: 'search', user: 'U0ERIN', view, block: 'where', query: 'pay' });
check('it was asked for choices', found.answer.body.options[0].value === 'pay-api');
await act({ act: 'fill', user: 'U0ERIN', view, block: 'where', value: 'pay-api' });
await act({ act: 'fill', user: 'U0ERIN', view, block: 'why', value: 'no' });
const refused = await act({ act: 'submit', user: 'U0ERIN', view });
check('it refused a form', refused.answer.body.errors.why === 'Say more.');
await act({ act: 'fill', user: 'U0ERIN', view, block: 'why', value: 'roll out' });
check('it took a form', (await act({ act: 'submit', user: 'U0ERIN', view })).answer.acknowledged);

const command = await act({ act: 'command', user: 'U0ERIN', channel: 'C0OPS', text: 'help' });
check('it answered the slash command', JSON.stringify(command.answer.body).includes('you said help'));

const reaction = happens('reaction');
await act({ act: 'react', user: 'U0ERIN', channel: said.channel, ts: said.ts, name: '+1' });
check('it heard a reaction', (await reaction).reaction === '+1');

const home = happens('home');
await act({ act: 'home', user: 'U0ERIN' });
check('it showed the Home tab', (await home).ok);

await app.stop();
process.exit(0);

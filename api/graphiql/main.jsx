// GraphiQL with the session of the page's own origin, opened on the tabs that the page names: a sign-in, a report, the pipeline.
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { setNonce } from 'get-nonce';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import 'graphiql/graphiql.css';

const place = document.getElementById('graphiql');
// Menus put a style element into the page: the policy allows it by this word only.
setNonce(place.dataset.nonce);

const socket = new URL('/graphql', window.location.href);
socket.protocol = socket.protocol.replace('http', 'ws');
const fetcher = createGraphiQLFetcher({ url: '/graphql', subscriptionUrl: socket.href });

const tabs = JSON.parse(document.getElementById('tabs').textContent);
createRoot(place).render(<GraphiQL fetcher={fetcher} defaultTabs={tabs} shouldPersistHeaders={false} />);

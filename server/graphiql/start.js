// Puts GraphiQL into the page: questions go to this server, in the page's language.
'use strict';

const place = document.getElementById('graphiql');
const comment = place.dataset.welcome.split('\n').map((line) => `# ${line}`.trimEnd()).join('\n');
const query = `${comment}

query Departments {
  departments(filter: { region: "990102" }) {
    code
    name
    region { code name }
  }
}
`;
const socket = new URL('/graphql', location.href.replace(/^http/, 'ws'));
ReactDOM.createRoot(place).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({
      url: '/graphql',
      subscriptionUrl: socket.href,
      headers: { 'Accept-Language': document.documentElement.lang },
    }),
    defaultQuery: query,
    inputValueDeprecation: true,
    schemaDescription: true,
  }),
);

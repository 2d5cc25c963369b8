// Calls a method with the package `@grpc/grpc-js`, by the .proto files alone, and prints
// each answer as {"answer": …} and the end as {"end": {"code", "name", "details"}}.
//
//   call_grpc.js ADDRESS PROTO_FOLDER PROTO_FILE SERVICE METHOD REQUEST_JSON [DEADLINE_MS]
//
// Bytes are base64. With GRPC_CA, a file of certificates, it asks over TLS.
const fs = require('node:fs');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const [address, folder, file, service, method, request, deadlineMs] = process.argv.slice(2);
const print = (value) => process.stdout.write(JSON.stringify(value) + '\n');

const definition = protoLoader.loadSync(file, {
  includeDirs: [folder],
  keepCase: true,
  longs: Number,
  enums: String,
  bytes: String,
  oneofs: true,
});
const Service = service.split('.').reduce((part, name) => part[name],
                                          grpc.loadPackageDefinition(definition));
const credentials = process.env.GRPC_CA
  ? grpc.credentials.createSsl(fs.readFileSync(process.env.GRPC_CA))
  : grpc.credentials.createInsecure();
// Whatever the address: the name that the certificate is for.
const client = new Service(address, credentials, process.env.GRPC_NAME
  ? {'grpc.ssl_target_name_override': process.env.GRPC_NAME, 'grpc.default_authority': process.env.GRPC_NAME}
  : {});
const options = deadlineMs ? {deadline: Date.now() + Number(deadlineMs)} : {};
const end = (status) => {
  print({end: {code: status.code, name: grpc.status[status.code], details: status.details}});
  client.close();
};

const kind = Service.service[method];
if (kind.responseStream) {
  const call = kind.requestStream ? client[method](options) : client[method](JSON.parse(request), options);
  call.on('data', (answer) => print({answer}));
  call.on('error', () => {}); // The status says the same.
  call.on('status', end);
  if (kind.requestStream) {
    call.write(JSON.parse(request));
    call.end();
  }
} else {
  client[method](JSON.parse(request), options, (error, answer) => {
    if (answer) print({answer});
    end(error ?? {code: grpc.status.OK, details: ''});
  });
}

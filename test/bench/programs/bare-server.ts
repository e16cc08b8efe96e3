/** The least that a plugin can be: a grpc-js server that says which version it is. */
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";

const server = new Server();
server.addService(ResourceProviderService as never, {
  getPluginInfo: (_call: unknown, answer: (error: null, info: PluginInfo) => void) => {
    const info = new PluginInfo();
    info.setVersion("0.0.1");
    answer(null, info);
  },
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  console.log(port);
});

import * as msp from "pulumi-msp";

new msp.DeviceOwner("front-desk", {
  platform: "armourzero",
  email: "front-desk@cedar.example",
  name: "Front Desk",
  products: ["ShieldOne", "ScoutTwo"],
});

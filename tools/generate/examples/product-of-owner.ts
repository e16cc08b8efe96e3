import * as msp from "pulumi-msp";

const frontDesk = new msp.DeviceOwner("front-desk", {
  platform: "armourzero",
  email: "front-desk@cedar.example",
  products: ["ShieldOne"],
});
new msp.ProductAssignment(
  "front-desk/shieldone",
  { platform: "armourzero", owner: frontDesk.email, product: "ShieldOne" },
  // It leaves before its owner does.
  { dependsOn: [frontDesk] },
);

# Source this in the repository, beside a running desk and sandbox: `. examples/fleet/try.sh`
# The first time it grants tokens to the program and to three people, and imports the inventory; all of it is kept below .msp/.

: "${MSP_DESK_URL:=http://127.0.0.1:8700}" "${MSP_DESK_DATA:=.msp/desk}" "${MSP_SANDBOX_DATA:=.msp/sandbox}"
: "${PULUMI_BACKEND_URL:=file://$PWD/.msp/state}" "${PULUMI_CONFIG_PASSPHRASE:=try}"
export MSP_DESK_URL PULUMI_BACKEND_URL PULUMI_CONFIG_PASSPHRASE

# Looks at something at the desk, by anybody's token: `look requests?open=true`
look() {
  curl -sS "$MSP_DESK_URL/v1/$1" -H "Authorization: Bearer $VERIFIER"
}

# Does something at the desk: whose token, what, and the body. `act "$VERIFIER" requests/R-1/verify '{...}'`
act() {
  curl -sS "$MSP_DESK_URL/v1/$2" -H "Authorization: Bearer $1" -H "Content-Type: application/json" -d "$3"
}

# The value of one member of the JSON that comes in.
member() { sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p"; }

grant() {
  act "$(cat "$MSP_DESK_DATA/admin-token")" tokens "{\"person\":{\"email\":\"$1\"},\"kind\":\"$2\",\"roles\":$3}" | member token
}

if [ ! -s .msp/people ]; then
  mkdir -p .msp/state
  (umask 077 && cat >.msp/people) <<EOF
export MSP_DESK_TOKEN=$(grant pulumi@msp.example bot '["requester"]')
REQUESTER=$(grant account-manager@msp.example person '["requester", "verifier"]')
VERIFIER=$(grant service-lead@msp.example person '["verifier"]')
OPERATOR=$(grant operations@msp.example person '["operator"]')
EOF
  . ./.msp/people
  if [ -n "$OPERATOR" ]; then
    # What nobody can read by API is known from what a person imports.
    for platform in armourzero licensing-portal; do
      echo "inventory of $platform: $(act "$OPERATOR" inventory/imports "@examples/fleet/inventory/$platform.json")"
    done
  else
    rm .msp/people
    echo "No desk gave tokens at $MSP_DESK_URL: start one, and source this again."
  fi
fi
[ ! -s .msp/people ] || . ./.msp/people
# Under the names by which `npx msp people` takes them.
export MSP_VERIFIER_TOKEN="${VERIFIER-}" MSP_OPERATOR_TOKEN="${OPERATOR-}"

MSP_REMOTE_MANAGER_ACCESS_TOKEN=$(member accessToken <"$MSP_SANDBOX_DATA/credentials.json")
MSP_REMOTE_MANAGER_SECRET_KEY=$(member secretKey <"$MSP_SANDBOX_DATA/credentials.json")
export MSP_REMOTE_MANAGER_ACCESS_TOKEN MSP_REMOTE_MANAGER_SECRET_KEY

# Shared by ./andon and ./test: each step runs only when its inputs changed, and says one line when it takes long.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
run="$top/.run"
mkdir -p "$run"

say() { printf 'andon: %s\n' "$*" >&2; }

# stale STAMP PATH… – true when the stamp is missing or a file under the paths is newer.
stale() {
  local stamp=$1; shift
  [ -e "$stamp" ] || return 0
  [ -n "$(find "$@" \( -name bin -o -name obj -o -name node_modules -o -name wwwroot \) -prune -o -type f -newer "$stamp" -print -quit 2>/dev/null)" ]
}

# quietly NAME COMMAND… – output goes to a log that is shown only when the command fails.
quietly() {
  local log="$run/$1.log"; shift
  if ! "$@" >"$log" 2>&1 </dev/null; then
    say "this failed: $*"
    tail -n 40 "$log" >&2
    exit 1
  fi
}

# packages NAME FOLDER WHAT – fetches a folder's npm packages at their locked versions.
packages() {
  local stamp="$run/$1.stamp" folder="$top/$2"
  stale "$stamp" "$folder/package.json" "$folder/package-lock.json" || { [ -e "$folder/node_modules/.package-lock.json" ] && return 0; }
  say "fetching $3 …"
  quietly "$1" npm --prefix "$folder" ci --no-audit --no-fund
  touch "$stamp"
}

engine() { [ "${ANDON_EVENTS_URL:-}" ] || packages engine engine "the event engine (178 MB, once)"; }
web_packages() { packages web-packages web "the console's packages"; }
peers() { packages peers tests/peers "the real clients that tests run"; }

console() {
  local stamp="$run/console.stamp"
  stale "$stamp" "$top/web" || { [ -e "$top/src/Andon.Host/wwwroot/index.html" ] && return 0; }
  web_packages
  say "building the console …"
  quietly console npm --prefix "$top/web" run build
  touch "$stamp"
}

program() {
  local stamp="$run/program.stamp"
  stale "$stamp" "$top/src" "$top/content" "$top/Directory.Build.props" "$top/Directory.Packages.props" ||
    { [ -e "$top/src/Andon.Host/bin/Release/net10.0/andon.dll" ] && return 0; }
  say "building the program …"
  quietly program dotnet build "$top/src/Andon.Host/Andon.Host.csproj" -c Release -v q
  touch "$stamp"
}

#!/bin/sh
# Install the peers that the benchmarks measure, by npm, below PEERS_DIR (default ~/.cache/mock-peers): some 300 MB.
# The versions are those of the committed results. Node 24 is installed as well: Prism and Scalar refuse older ones.
set -eu
place=${PEERS_DIR:-$HOME/.cache/mock-peers}

install() {
  mkdir -p "$place/$1"
  cd "$place/$1"
  shift
  [ -f package.json ] || npm init -y >/dev/null
  npm install --no-audit --no-fund "$@"
}

install node24 node@24 "node-linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')@24"
node=$(echo "$place"/node24/node_modules/node-linux-*/bin/node)
mkdir -p "$place/node24/node_modules/node/bin" # where the scripts of npm's `node` would have put it
ln -sf "$node" "$place/node24/node_modules/node/bin/node"
PATH="$place/node24/node_modules/node/bin:$PATH"
install steady @stdy/cli@0.22.2
chmod +x "$place"/steady/node_modules/@stdy/cli-linux-*/bin/steady
install prism @stoplight/prism-cli@5.16.0
install scalar @scalar/mock-server@0.14.4 @hono/node-server

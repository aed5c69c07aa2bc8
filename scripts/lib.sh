# shellcheck shell=bash
# What every script here begins with: where the project is, how to speak, and which Rust to use.
# Written for bash 3.2 as well, which is what macOS has.

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"

# Asking rustup for a version must not make it download one.
export RUSTUP_AUTO_INSTALL=0

# The oldest Rust that can build the workspace, as its manifest says.
RUST_NEEDED=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)

if [ -t 2 ] && [ -z "${NO_COLOR:-}" ]; then
    BOLD=$'\033[1m' RED=$'\033[31m' PLAIN=$'\033[0m'
else
    BOLD='' RED='' PLAIN=''
fi

# A step begins.
say() { printf '%s==>%s %s\n' "$BOLD" "$PLAIN" "$*" >&2; }
# More about the step.
note() { printf '    %s\n' "$*" >&2; }
# It cannot go on; the message says what to do.
die() {
    printf '%sStopped:%s %s\n' "$RED" "$PLAIN" "$*" >&2
    exit 1
}

# Tools of the project's own (nextest, cargo-deny) live in .tools, so that nothing has to be
# put into anybody's home; rustup's programs are found even where no shell profile names them.
if [ -z "${HOME:-}" ] && [ -z "${CARGO_HOME:-}" ]; then
    die "this user has no home folder, where cargo keeps what it downloads; please set HOME, or CARGO_HOME and RUSTUP_HOME."
fi
TOOLS=$ROOT/.tools
CARGO_BIN=${CARGO_HOME:-${HOME:-}/.cargo}/bin
export PATH=$TOOLS/bin:$PATH:$CARGO_BIN

have() { command -v "$1" >/dev/null 2>&1; }

# Is version $1 the same as $2, or newer? Compares number by number: 1.100 is newer than 1.95.
at_least() {
    awk -v have="$1" -v want="$2" 'BEGIN {
        split(have, h, "."); split(want, w, ".")
        for (i = 1; i <= 3; i++) if (h[i] + 0 != w[i] + 0) exit !(h[i] + 0 > w[i] + 0)
        exit 0
    }'
}

# The version number in the first line that a command prints; nothing when it cannot run.
version_of() { { "$@" 2>/dev/null || true; } | sed -n '1s/^[^0-9]*\([0-9][0-9.]*\).*/\1/p'; }

# Chooses a cargo that is new enough: the one found first, else rustup's stable toolchain.
# Fails when there is neither.
use_rust() {
    local found
    found=$(version_of cargo --version)
    [ -n "$found" ] && at_least "$found" "$RUST_NEEDED" && return
    # A cargo of the distribution may stand before rustup's.
    if [ -x "$CARGO_BIN/rustup" ]; then PATH=$TOOLS/bin:$CARGO_BIN:$PATH; fi
    found=$(version_of cargo --version)
    [ -n "$found" ] && at_least "$found" "$RUST_NEEDED" && return
    have rustup || return 1
    found=$(RUSTUP_TOOLCHAIN=stable version_of cargo --version)
    [ -n "$found" ] && at_least "$found" "$RUST_NEEDED" || return 1
    export RUSTUP_TOOLCHAIN=stable
}

# The same, for scripts that run after `scripts/setup`.
need_rust() { use_rust || die "there is no Rust $RUST_NEEDED or newer; 'make run' and 'make test' install it."; }

# The oldest Node that can build the pages, and the one that is fetched where there is none such.
# shellcheck disable=SC2034 # for the scripts that read this
NODE_NEEDED=20.19 NODE_VERSION=24.22.0

# Chooses a Node that is new enough: the system's, else the one in .tools. Fails when there is neither.
use_node() {
    local bin
    have node && have npm && at_least "$(version_of node --version)" "$NODE_NEEDED" && return
    for bin in "$TOOLS"/node/node_modules/node-*/bin; do
        if [ -x "$bin/node" ] && at_least "$(version_of "$bin/node" --version)" "$NODE_NEEDED"; then
            PATH=$bin:$PATH
            have npm
            return
        fi
    done
    return 1
}

# The same, for scripts that run after `scripts/setup`. Whatever they start gets that Node, tests too, so
# they call this in their own shell: what a subshell chooses is forgotten with it.
need_node() { use_node || die "there is no Node $NODE_NEEDED or newer; 'make run' and 'make test' install it."; }

in_ci() { [ -n "${CI:-}" ] && [ "$CI" != false ]; }

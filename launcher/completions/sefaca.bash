# bash completion of sefaca; made by 'sefaca help --generate=bash'.
_sefaca_value() {
  local option=$1 value=$2
  case $option in
    --level) COMPREPLY=($(compgen -W 'strict default permissive' -- "$value")) ;;
    --preset) COMPREPLY=($(compgen -W "$(sefaca config presets --names 2>/dev/null)" -- "$value")) ;;
    --network) COMPREPLY=($(compgen -W 'deny localhost host-loopback allow auto' -- "$value")) ;;
    --readonly) compopt -o filenames; COMPREPLY=($(compgen -f -- "${value##*:}")) ;;
    --readwrite) compopt -o filenames; COMPREPLY=($(compgen -f -- "${value##*:}")) ;;
    --hide) compopt -o filenames; COMPREPLY=($(compgen -f -- "${value##*:}")) ;;
    --read) COMPREPLY=($(compgen -W 'all listed' -- "$value")) ;;
    --tmp) COMPREPLY=($(compgen -W 'private host' -- "$value")) ;;
    --caches) COMPREPLY=($(compgen -W 'all ccache bazel bun bundler cabal cargo composer conan coursier cypress dart deno dub electron fontconfig go gradle ivy maven mypy npm nuget pip pipenv playwright pnpm poetry pre-commit sbt sccache stack swift uv vcpkg yarn zig' -- "$value")) ;;
    --allow) COMPREPLY=($(compgen -W 'userns abstract-sockets signals keyrings ptrace-outside dgram-sockets ipc' -- "$value")) ;;
    --log) compopt -o filenames; COMPREPLY=($(compgen -f -- "${value##*:}")) ;;
    --report) COMPREPLY=($(compgen -W 'summary full off' -- "$value")) ;;
    --on-unavailable) COMPREPLY=($(compgen -W 'fail warn' -- "$value")) ;;
    --backend) COMPREPLY=($(compgen -W 'auto linux podman docker jail seatbelt' -- "$value")) ;;
    --container-pull) COMPREPLY=($(compgen -W 'never missing always' -- "$value")) ;;
    --config) compopt -o filenames; COMPREPLY=($(compgen -f -- "${value##*:}")) ;;
  esac
}

_sefaca() {
  local cur prev word i action=
  COMPREPLY=()
  # '=' breaks words in bash: --level=str comes as three of them.
  cur=${COMP_WORDS[COMP_CWORD]}
  prev=${COMP_WORDS[COMP_CWORD-1]}
  if [[ $cur == = ]]; then _sefaca_value "$prev" ''; return; fi
  if [[ $prev == = && COMP_CWORD -gt 2 ]]; then
    _sefaca_value "${COMP_WORDS[COMP_CWORD-2]}" "$cur"; return
  fi
  action=${COMP_WORDS[1]}
  if (( COMP_CWORD == 1 )); then
    COMPREPLY=($(compgen -W 'run exec shell config check log help --help --version' -- "$cur")); return
  fi
  case $action in
    config)
      if (( COMP_CWORD == 2 )); then
        COMPREPLY=($(compgen -W 'show get set init check presets path trust untrust trusted' -- "$cur"))
      else
        compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))
      fi ;;
    log)
      if (( COMP_CWORD == 2 )); then
        COMPREPLY=($(compgen -W 'show tail stats suggest summary ship' -- "$cur"))
      else
        COMPREPLY=($(compgen -W '--since= --violations --failed --preset= --id= --log= --json --command --format= --lines= --follow --wait last' -- "$cur"))
        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace
      fi ;;
    run|exec|shell)
      # Behind the options stands a command with arguments of its own.
      for (( i = 2; i < COMP_CWORD; i++ )); do
        word=${COMP_WORDS[i]}
        if [[ $word == -- ]]; then (( i++ )); break; fi
        if [[ $word == = ]]; then (( i++ )); continue; fi
        [[ $word == -* ]] || break
      done
      if (( i < COMP_CWORD )) || [[ $prev == -- ]]; then
        if declare -F _command_offset >/dev/null; then _command_offset "$i"
        else compopt -o default; fi
      elif [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W '--level= --preset= --timeout= --memory= --network --network= --readonly= --readwrite= --hide= --read= --env= --clean-env --tmp= --caches= --pids= --cpu-time= --file-size= --open-files= --keep-fd= --keep-background --allow= --log= --report= --on-unavailable= --backend= --container-engine= --container-image= --container-pull= --container-workspace --config= --dry-run --quiet --verbose --help --no-network' -- "$cur"))
        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace
      else
        COMPREPLY=($(compgen -c -- "$cur"))
      fi ;;
  esac
}

complete -F _sefaca sefaca SEFACA

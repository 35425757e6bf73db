# exit_code.sh CODE COMMAND...: succeeds if the command exits with CODE.
expected=$1
shift
"$@" </dev/null
actual=$?
[ "$actual" = "$expected" ] || { echo "exit code $actual, expected $expected"; exit 1; }

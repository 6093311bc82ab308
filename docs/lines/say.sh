#!/bin/sh
# Says a text in a channel, and ends once it is there: sh say.sh HOST PORT NAME PASSWORD CHANNEL TEXT
# Needs nc. Names and texts with " or \ in them are for the other two examples.
host=$1 port=$2 name=$3 password=$4 channel=$5 text=$6
pipe=$(mktemp -u) && mkfifo "$pipe" || exit 1
trap 'rm -f "$pipe"' EXIT

# What is written into the pipe is sent; it stays open until the end of this script.
nc "$host" "$port" <"$pipe" | {
  exec 3>"$pipe"
  printf '{"type":"register","user_id":"%s","password":"%s"}\n' "$name" "$password" >&3
  while read -r line; do
    printf '%s\n' "$line"
    case $line in
      '{"type":"registered"'*)
        printf '{"type":"chat","channel":"%s","text":"%s"}\n' "$channel" "$text" >&3 ;;
      '{"type":"chat","from":"'"$name"'"'*'"text":"'"$text"'"'*) printf '/quit\n' >&3; exit 0 ;;
      '{"type":"error"'*) printf '/quit\n' >&3; exit 1 ;;
    esac
  done
}

# Gives a case's files to a user, as a checkout of that user's own would be, and starts the rest of the command line as that user.
#   as-user.py UID HOME COMMAND ... --context dir://FOLDER/context ...
import os, sys

uid, home, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
context = next((word[len("dir://"):] for word in command if word.startswith("dir://")), None)
if context:
    for root, folders, files in os.walk(os.path.dirname(context)):
        for path in [root] + [os.path.join(root, name) for name in folders + files]:
            status = os.lstat(path)
            os.lchown(path, uid, uid)
            if not os.path.islink(path):
                os.chmod(path, status.st_mode & 0o7777)  # chown(2) clears special bits
os.execvp("setpriv", ["setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups", "env", "HOME=" + home] + command)

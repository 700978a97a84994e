# Gives a case's files to uid 1000, as a checkout of that user's own would be, and starts the rest of the command line as that user.
#   as-user.py HOME COMMAND ... --context dir://FOLDER/context ...
import os, sys

home, command = sys.argv[1], sys.argv[2:]
context = next((word[len("dir://"):] for word in command if word.startswith("dir://")), None)
if context:
    for root, folders, files in os.walk(os.path.dirname(context)):
        for path in [root] + [os.path.join(root, name) for name in folders + files]:
            status = os.lstat(path)
            os.lchown(path, 1000, 1000)
            if not os.path.islink(path):
                os.chmod(path, status.st_mode & 0o7777)  # chown(2) clears special bits
os.execvp("setpriv", ["setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups", "env", "HOME=" + home] + command)

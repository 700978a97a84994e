# Makes a file whose name would remove another from the image.
# expect: error KILN2017
echo x > /etc/.wh.passwd

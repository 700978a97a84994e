# Makes a file whose name would empty a directory of the image.
# expect: error KILN2017
echo x > /etc/.wh..wh..opq
